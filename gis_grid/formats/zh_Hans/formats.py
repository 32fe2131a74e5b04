"""Chinese: thousands apart, as official statistics write them and as the map does (1,895)."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
