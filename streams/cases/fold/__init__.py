"""How the events of a case move its state on: a module for each subject, with its handlers and the fields that they read."""
