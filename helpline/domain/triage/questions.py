"""Whether a listener's words ask about suicide or danger, so that a bare "yes" is an answer.

Only questions to which yes means risk: "are you safe?" is left out, for there yes is good news.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import re2

from . import pattern
from .normalise import normalise
from .rendering import Renderer
from .wording import Wording

_SHORT: Mapping[str, str] = {
    "you're": "you are", "youre": "you are", "you've": "you have", "youve": "you have",
    "yourself": "your self", "r": "are", "u": "you", "ur": "your", "gonna": "going to",
}  # fmt: skip

_QUESTIONS = (
    # English
    "suicid*",
    "thought*|thinking|think ~3 (killing|hurting|harming|cutting) your self",
    "thought*|thinking|think ~3 (ending|taking) ~2 (life|things|it|it all)",
    "thought*|thinking|think ~3 (dying|death|being dead|not being here|not waking up)",
    "(going|planning|want|wanting|tempted|about|intend*|might|trying|tried|try|ever|urge*) ~4"
    " (kill|hurt|harm|cut|end) (your self|your life|it|things)",
    "(killed|hurt|harmed|cut|injured|killing|hurting|harming|cutting) your self",
    "(end|ending|ended|take|taking|took|taken) your [own] life",
    "(want|wanting|wish|wishing|like|feel like) ~2 (die|dying|be dead|were dead|not be alive)",
    "(do|have) you ~2 plan ~4 (die|do it|how|when|end*|kill*|hurt*)",
    "(have|did|are) you ~3 (taken|take|taking|swallowed|overdose*) ~2"
    " (anything|something|pills|tablets|meds|medication|overdose)",
    "are you [right now|currently|still|ever] in [any|immediate] danger",
    "(hurting|hitting|threatening|hurt|hit|threaten|threatened|touching|touched) you , $",
    "(afraid|scared) ~3 (hurt|harm|kill) (you|your self)",
    # Spanish
    "(piensas|has pensado|pensando|pensado|piensa|ha pensado|planeas|plan) ~~3"
    " (suicidarte|suicidio|matarte|morir|hacerte dano|quitarte la vida|matarse|suicidarse)",
    "(quieres|ganas de|intentado|quiere) ~~2 (morir|morirte|matarte|hacerte dano|suicidarte)",
    "(acabar|terminar) con (tu|su) vida",
    "(has tomado|tomaste|estas en) (algo|pastillas|peligro)",
    # French
    "(penses|pense|pensez|songes|idees|envie|projet*|plan) ~~4"
    " (suicide|suicider|suicidaires|mourir|tuer|mort|finir|te faire du mal|vous faire du mal)",
    "(as tu|avez vous|tu as|vous avez) ~~2 (pris|avale) ~~2 (quelque chose|medicaments|comprimes)",
    "(es tu|etes vous|tu es|vous etes) ~~2 en danger",
    # German
    "(denkst|gedanken|gedacht|denken|plan*|uberlegst) ~~5"
    " (umzubringen|suizid*|selbstmord|zu sterben|das leben zu nehmen|tod|etwas anzutun)",
    "(willst|mochtest|wolltest|wollen|mochten) ~~4 (umbringen|sterben|etwas antun|verletzen)",
    "(hast|haben) ~~3 (tabletten|etwas) ~~2 (genommen|geschluckt)",
    "(bist|sind) ~~2 in gefahr",
    # Portuguese
    "(pensa|pensando|pensado|pensou|pensas|plano|planeja) ~~4"
    " (suicidio|suicidar|matar|morrer|se machucar|acabar com tudo|tirar a vida)",
    "(quer|queres|vontade de|tentou) ~~2 (morrer|se matar|matar se|se machucar|te matar)",
    "(acabar com|tirar) a (sua|tua|propria) ~~1 vida",
    "(tomou|tomaste) ~~2 (remedios|comprimidos|alguma coisa)",
)


def asks_about_risk(text: str) -> bool:
    """Whether these words of a listener ask about suicide, self-harm or danger now."""
    return bool(_EXPRESSION.search(normalise(text[:_LONGEST], _WORDING).text))


_LONGEST = 4_000
_WORDING = Wording(_SHORT, ())


def _compiled() -> Any:  # re2 ships no types
    phrases = [pattern.parse(question) for question in _QUESTIONS]
    joined = "|".join(map(Renderer(_WORDING.in_pattern).expression, phrases))
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(joined.encode(), options)


_EXPRESSION = _compiled()
