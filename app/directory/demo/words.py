"""The words that fictional therapists are made of: invented names that nobody bears, and honest sentences."""

FIRST_STARTS = (
    "Ada", "Bel", "Cor", "Dori", "Eli", "Fen", "Gwen", "Holl", "Iri", "Juni", "Kess", "Lori", "Mari", "Nell", "Ori",
    "Pip", "Quin", "Ros", "Syl", "Tam", "Una", "Veri", "Wil", "Ysa", "Zin", "Alm", "Bri", "Cleo", "Elo", "Mira",
)  # fmt: skip
FIRST_ENDS = {
    "female": ("wyn", "belle", "lina", "ette", "lora", "lily", "dessa", "nanthe", "may", "vienne", "rilla", "selle"),
    "male": ("don", "rick", "bert", "win", "ley", "mond", "dric", "fred", "lano", "ster", "ford", "vin"),
    "other": ("wren", "lark", "sage", "ari", "ren", "lumen"),
}
LAST_STARTS = (
    "Acorn", "Amber", "Barley", "Bramble", "Button", "Cinder", "Clover", "Copper", "Dapple", "Feather", "Fennel",
    "Gentle", "Ginger", "Hazel", "Honey", "Humble", "Juniper", "Kettle", "Lantern", "Linden", "Maple", "Marmalade",
    "Meadow", "Merry", "Mitten", "Mossy", "Nettle", "Nutmeg", "Otter", "Pebble", "Pepper", "Pippin", "Plum",
    "Primrose", "Puddle", "Quill", "Rowan", "Saffron", "Sorrel", "Sparrow", "Tansy", "Teasel", "Thimble", "Thistle",
    "Tumble", "Velvet", "Walnut", "Whistle", "Willow", "Woolly",
)  # fmt: skip
LAST_ENDS = (
    "acre", "bank", "bonnet", "brook", "button", "cote", "dale", "down", "fiddle", "field", "gate", "glen", "grove",
    "heath", "hollow", "kettle", "knot", "lane", "lantern", "loom", "moth", "nest", "orchard", "pocket", "quill",
    "ridge", "spindle", "spoon", "stile", "thatch", "tuft", "waddle", "wick", "whistle", "wren",
)  # fmt: skip
STREETS = (
    "Acorn", "Bluebell", "Buttercup", "Chestnut", "Dandelion", "Fernhill", "Foxglove", "Harbor Light", "Juniper",
    "Kingfisher", "Lantern", "Magnolia", "Meadowlark", "Mulberry", "Nutmeg", "Old Orchard", "Pebble", "Quiet Creek",
    "Robin", "Sycamore", "Teacup", "Thimble", "Wagtail", "Windmill",
)  # fmt: skip
STREET_KINDS = ("Street", "Avenue", "Lane", "Road", "Way", "Place", "Drive")
UNITS = ("", "", "", "Suite 2", "Suite 110", "Suite 204", "Unit B", "Floor 2")
PRACTICES = (
    "{last} Massage", "{last} Bodywork", "The {street} Room", "Quiet Hands at {street}", "{last} Massage Studio",
    "{street} Massage & Bodywork", "Room to Breathe", "Slow Hours", "{last} & Table", "The Loose Knot",
)  # fmt: skip

OPENINGS = (
    "I have worked with my hands since {since}, and most of my week is {focus}.",
    "Most people who come to me come for {focus}.",
    "My practice is small on purpose: one table, one person at a time, mostly for {focus}.",
    "I came to massage in {since} after years at a desk of my own. What I know best is {focus}.",
    "I trained as a massage therapist and began in {since}. Much of my work is with {focus}.",
    "I see people for {focus}, and many of them for nothing more than a quiet hour.",
)
MANNERS = (
    "We talk before we start, and you can change anything at any time.",
    "I begin light and ask before I go deeper.",
    "You will know what I am doing and why, and you can say stop.",
    "I work slowly and check the pressure with you as I go.",
    "The first visit has extra time for your questions.",
    "I keep the room warm and the talking to what you would like.",
    "I work through clothing if you prefer.",
)
HONESTIES = (
    "Massage may ease the muscles around the trouble. It does not replace your doctor.",
    "If something you tell me sounds like more than muscles, I will say so and send you to a doctor first.",
    "I will not promise a cure. I will tell you after two or three visits whether I think I can help.",
    "I am glad to work beside your doctor or physical therapist.",
    "Some people feel better for days, some for hours. We will find out together what lasts for you.",
    "I leave you with one or two simple things to do at home, and no long lists.",
)
PRACTICALITIES = (
    "There is parking at the door.",
    "Please wear something loose.",
    "Evening times go first, so book those early.",
    "Tea before, water after.",
    "If you are late, breathe: we will use the time that is left well.",
    "Please leave perfume at home, some of my clients cannot bear it.",
    "",
    "",
)
PARKING = ("Free at the door", "On the street", "Shared lot behind the building", "Paid garage next door", "Two spaces")
TABLES = ("Electric, 18–34 in", "Fixed, 27 in", "Fixed, 29 in", "Electric, 20–36 in")
ACCESS_NOTES = (
    "The elevator is to the right of the entrance.",
    "Ring the bell marked with a small knot.",
    "The rest room is step-free, with a rail.",
    "There is a ramp at the side entrance.",
    "A companion is welcome to stay in the room.",
)
SERVICES = {
    "swedish": "Swedish massage",
    "deep-tissue": "Deep tissue massage",
    "myofascial-release": "Myofascial release",
    "trigger-point": "Trigger-point session",
    "gentle-stretching": "Massage with gentle stretching",
    "sports-massage": "Sports massage",
    "prenatal": "Prenatal massage",
    "lymphatic-drainage": "Lymphatic drainage",
    "medical-massage": "Focused clinical massage",
    "hot-stone": "Hot stone massage",
    "craniosacral": "Craniosacral session",
    "neuromuscular": "Neuromuscular session",
}
"""What a service is called, by the slug of the technique it is made of."""
CREDENTIALS = ("LMT", "LMT", "LMT", "LMT, BCTMB", "CMT", "RMT", "LMT, NCTM")
