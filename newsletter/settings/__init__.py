"""config.toml, lists.toml, personas.toml and the environment, read into values or into problems that name the key."""
