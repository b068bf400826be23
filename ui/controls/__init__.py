"""Controls: widgets, the kinds of their values, clicks on pictures, and the address that holds what they are set to."""
