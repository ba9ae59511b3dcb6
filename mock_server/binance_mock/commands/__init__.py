"""What the command line does, one command a module; each is loaded when it is called."""
