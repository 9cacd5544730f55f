"""What people who search in Spanish say for a specialty: the catalogue's Spanish names, and everyday words."""

from collections.abc import Mapping
from typing import Final

PHRASES: Final[Mapping[str, tuple[str, ...]]] = {
    "lower-back-pain": (
        "dolor en la parte baja de la espalda", "dolor de espalda", "espalda", "espalda baja", "lumbalgia", "lumbago",
        "dolor lumbar", "cintura",
    ),
    "sciatica": (
        "ciatica", "nervio ciatico", "dolor que baja por la pierna", "duele hasta la pierna", "dolor de pierna",
        "pierna dormida", "hormigueo en la pierna", "dolor en la nalga", "dolor de gluteo", "piriforme",
    ),
    "pinched-nerve": (
        "nervio pinzado", "nervio atrapado", "nervio comprimido", "hernia discal", "hernia de disco", "disco herniado",
        "disco abultado", "hormigueo", "hormigueo en las manos", "dedos dormidos", "adormecimiento", "entumecimiento",
    ),
    "neck-pain": ("dolor de cuello", "cuello", "nuca", "torticolis", "cervicales"),
    "shoulder-pain": ("dolor de hombro", "hombros", "omoplato", "espalda alta", "parte alta de la espalda"),
    "headache": ("dolor de cabeza", "cabeza", "jaqueca", "migraña"),
    "hip-pain": ("dolor de cadera", "cadera", "caderas"),
    "muscle-tension": (
        "tension muscular", "tension", "contractura", "contracturas", "nudos", "musculos tensos", "dolor muscular", "estres",
    ),
    "pregnancy": ("molestias del embarazo", "embarazo", "embarazada"),
    "sports-injury": ("lesion deportiva", "lesion", "desgarre muscular", "desgarro muscular", "esguince", "tiron muscular"),
    "knee-pain": ("dolor de rodilla", "rodilla", "rodillas"),
    "jaw-pain": ("dolor de mandibula", "mandibula", "quijada", "bruxismo"),
    "swedish": ("masaje sueco", "masaje relajante", "relajante"),
    "deep-tissue": ("masaje de tejido profundo", "tejido profundo", "masaje profundo"),
    "myofascial-release": ("liberacion miofascial", "miofascial"),
    "trigger-point": ("terapia de puntos gatillo", "puntos gatillo", "punto gatillo"),
    "gentle-stretching": ("estiramientos suaves", "estiramientos", "estiramiento"),
    "sports-massage": ("masaje deportivo",),
    "prenatal": ("masaje prenatal", "masaje para embarazadas"),
    "lymphatic-drainage": ("drenaje linfatico", "linfatico"),
    "medical-massage": ("masaje medico", "masaje terapeutico"),
    "hot-stone": ("masaje con piedras calientes", "piedras calientes"),
    "craniosacral": ("terapia craneosacral", "craneosacral"),
    "neuromuscular": ("terapia neuromuscular", "neuromuscular"),
}  # fmt: skip

NOISE: Final = frozenset(
    [
        "al",
        "con",
        "de",
        "del",
        "duele",
        "duelen",
        "el",
        "en",
        "hay",
        "la",
        "las",
        "lo",
        "los",
        "masaje",
        "mi",
        "mis",
        "muy",
        "para",
        "por",
        "que",
        "se",
        "siento",
        "su",
        "tengo",
        "terapeuta",
        "terapia",
        "un",
        "una",
        "y",
    ]
)
"""Words that say nothing of where it hurts."""
