"""COIN-M futures: contracts that are priced in dollars and margined in their coin, over `venues.usdm`."""
