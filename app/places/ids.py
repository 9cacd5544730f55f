"""Which numbers the places of each source have. Towns bear GeoNames' own, ZIPs their digits: those never change."""

ZIP_IDS = 1_000_000_000
POSTCODE_IDS = 1_100_000_000
REGION_IDS = 1_200_000_000
AIRPORT_IDS = 1_300_000_000
HAMLET_IDS = 1_400_000_000
COUNTY_IDS = 1_500_000_000
DISTRICT_IDS = 1_600_000_000
