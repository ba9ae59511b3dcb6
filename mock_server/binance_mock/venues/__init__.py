"""The markets: endpoints declared and handled, one module per group, one package per market."""
