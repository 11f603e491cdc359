"""Short sentences that say why a rule matched, for people who answer. Faces translate them."""

from __future__ import annotations

from collections.abc import Mapping

NOT_ANALYSED = "not analysed"
SEVERAL_MESSAGES = "said over several messages"
SEVERAL_SIGNS = "several different signs of distress"
READS_LIKE_RISK = "taken together, the words read like those of people at risk"
SAID_YES = "said yes when asked about suicide or safety"

OF_CATEGORY: Mapping[str, str] = {
    "in_progress": "something life-threatening may be happening now",
    "imminent": "means, place or time are named: it may be about to happen",
    "plan": "speaks of a plan or a firm intention to die",
    "ideation": "speaks of suicide or of wanting to die",
    "not_existing": "wishes not to wake up or not to exist",
    "burden": "feels that others would be better off without them",
    "no_reason": "sees no reason to live",
    "preparation": "may be preparing: goodbyes, letters, giving things away",
    "farewell": "may be saying goodbye",
    "self_harm": "speaks of hurting themselves",
    "recent_attempt": "speaks of a suicide attempt",
    "violence_now": "someone may be in danger from another person now",
    "abuse": "speaks of violence, abuse or being controlled",
    "child": "a child may be alone, exploited or in danger",
    "harm_to_others": "speaks of hurting someone else",
    "third_party": "worries about someone else's life",
    "bereaved": "has lost someone to suicide",
    "past": "speaks of risk in the past",
    "hopelessness": "sounds hopeless",
    "told_by_others": "others tell them to die or to hurt themselves",
    "information": "asks for information about suicide or crisis help",
    "misuse": "may be using the line for sex",
}
