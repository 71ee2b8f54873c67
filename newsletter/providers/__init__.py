"""Roads out for mail: one file per road behind the protocol `model.delivery.Provider`."""
