"""The acts of `antiphon demo`, one file each, and the stage they play on."""
