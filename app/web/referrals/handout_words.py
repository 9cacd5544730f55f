"""The words of the printed sheet, in the patient's language whatever language the doctor reads."""

from datetime import datetime
from typing import Final

from babel.dates import format_date

from app.directory.catalogue import BY_ID

WORDS: Final = {
    "en": {
        "title": "Your link to a massage therapist",
        "from": "From",
        "for": "For",
        "technique": "If possible",
        "visits": "Visits suggested",
        "until": "The link works until",
        "how": "How to use it",
        "step1": "Point your phone's camera at the square, or type the address under it.",
        "step2": "See licensed massage therapists and the times when they are free.",
        "step3": "Choose a time. You need no account, and you pay the therapist directly.",
        "alt": "QR code that opens the address printed below it",
        "privacy_title": "What your doctor learns",
        "privacy": "Nothing, unless you say so when you book. You can change your mind later.",
        "honest": "Massage may ease pain and stiffness for a while. It does not repair a nerve or a disc.",
        "stop_title": "Do not wait, get help now",
        "stop": "Numbness between the legs, trouble with bladder or bowels, or a leg that is getting weaker: call 911 or go to an emergency room.",
    },
    "es": {
        "title": "Su enlace a un terapeuta de masaje",
        "from": "De",
        "for": "Para",
        "technique": "Si es posible",
        "visits": "Visitas sugeridas",
        "until": "El enlace funciona hasta el",
        "how": "Cómo usarlo",
        "step1": "Apunte la cámara del teléfono al cuadro, o escriba la dirección que está debajo.",
        "step2": "Vea terapeutas de masaje con licencia y las horas que tienen libres.",
        "step3": "Elija una hora. No necesita una cuenta, y paga directamente al terapeuta.",
        "alt": "Código QR que abre la dirección impresa debajo",
        "privacy_title": "Lo que sabe su médico",
        "privacy": "Nada, a menos que usted lo diga al reservar. Puede cambiar de idea después.",
        "honest": "El masaje puede aliviar el dolor y la rigidez por un tiempo. No repara un nervio ni un disco.",
        "stop_title": "No espere, pida ayuda ahora",
        "stop": "Si se le duerme la zona entre las piernas, tiene problemas para orinar o evacuar, o una pierna pierde fuerza: llame al 911 o vaya a urgencias.",
    },
}
SPANISH: Final = {
    "lower-back-pain": "Dolor en la parte baja de la espalda",
    "sciatica": "Ciática",
    "pinched-nerve": "Nervio pinzado",
    "neck-pain": "Dolor de cuello",
    "shoulder-pain": "Dolor de hombro",
    "headache": "Dolor de cabeza",
    "hip-pain": "Dolor de cadera",
    "muscle-tension": "Tensión muscular",
    "pregnancy": "Embarazo",
    "sports-injury": "Lesión deportiva",
    "knee-pain": "Dolor de rodilla",
    "jaw-pain": "Dolor de mandíbula",
    "myofascial-release": "Liberación miofascial",
    "trigger-point": "Terapia de puntos gatillo",
    "deep-tissue": "Masaje de tejido profundo",
    "swedish": "Masaje sueco",
    "sports-massage": "Masaje deportivo",
    "medical-massage": "Masaje médico",
    "neuromuscular": "Terapia neuromuscular",
    "gentle-stretching": "Estiramientos suaves",
    "prenatal": "Masaje prenatal",
    "lymphatic-drainage": "Drenaje linfático",
    "hot-stone": "Piedras calientes",
    "craniosacral": "Terapia craneosacral",
}


def name_of(specialty_id: int, language: str) -> str:
    known = BY_ID.get(specialty_id)
    if known is None:
        return ""
    return SPANISH.get(known.slug, known.name) if language == "es" else known.name


def day_of(at: datetime | None, language: str) -> str:
    """The last day on which the link works, in UTC like the link itself."""
    if at is None:
        return ""
    return format_date(at.date(), "d 'de' MMMM 'de' y" if language == "es" else "MMMM d, y", locale=language)
