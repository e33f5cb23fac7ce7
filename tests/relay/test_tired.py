"""A caller in the line for a person who does not want to wait any longer says so in any of nine languages."""

from __future__ import annotations

import pytest

from warmtransfer.relay.phrases import Phrases

PHRASES = Phrases()
TIRED = [
    "I don't want to wait any longer.",
    "No, I do not want to hold.",
    "I can't wait any more, sorry.",
    "I'd rather not wait.",
    "Please take me out of the line.",
    "I want to leave the queue.",
    "Okay, I am tired of waiting.",
    "Never mind, I don't need a person.",
    "Ich möchte nicht mehr warten.",
    "Ich will nicht so lange warten.",
    "Nein, ich kann nicht länger warten.",
    "Ich habe keine Lust zu warten.",
    "Nehmen Sie mich bitte aus der Warteschlange.",
    "Je ne veux plus attendre.",
    "Je ne peux pas attendre plus longtemps.",
    "Retirez-moi de la file, s'il vous plaît.",
    "No quiero esperar más.",
    "No puedo seguir esperando.",
    "Sáqueme de la cola, por favor.",
    "Non voglio più aspettare.",
    "Non posso attendere oltre.",
    "Vorrei uscire dalla coda.",
    "Não quero mais esperar.",
    "Não posso esperar mais tempo.",
    "Quero sair da fila.",
    "Ik wil niet langer wachten.",
    "Ik heb geen zin om te wachten.",
    "Haal me uit de wachtrij.",
    "もう待ちたくないです。",
    "これ以上待てません。",
    "我不想等了。",
    "不等了。",
    "我要退出排队。",
]
PATIENT = [
    "I will wait, thank you.",
    "How long do I have to wait?",
    "I don't want to wait two weeks for my parcel.",
    "Why can't I wait here?",
    "I can wait a little longer.",
    "Do I have to wait any longer?",
    "I do not mind waiting.",
    "What about Saturday?",
    "Ich warte gern.",
    "Wie lange muss ich noch warten?",
    "Ich will nicht bis nächste Woche auf das Paket warten müssen.",
    "J'attends, merci.",
    "Combien de temps dois-je attendre ?",
    "Espero, no hay problema.",
    "¿Cuánto tengo que esperar?",
    "Aspetto volentieri.",
    "Quanto devo aspettare?",
    "Espero, sem problema.",
    "Ik wacht wel.",
    "Hoe lang moet ik nog wachten?",
    "待ちます。",
    "あとどのくらい待ちますか？",
    "我等一下。",
    "还要等多久？",
]


@pytest.mark.parametrize("text", TIRED)
def test_one_sentence_is_enough_to_leave_the_line(text: str) -> None:
    assert PHRASES.tired(text)


@pytest.mark.parametrize("text", PATIENT)
def test_nobody_loses_their_place_by_another(text: str) -> None:
    assert not PHRASES.tired(text)
