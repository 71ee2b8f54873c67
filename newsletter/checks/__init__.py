"""Rules on an issue and on the rendered mail: one pure function per rule, whose findings say what to do."""
