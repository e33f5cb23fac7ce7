"""Our own sentences, in the language of the deployment: what callers and humans hear that no model says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from string import Formatter


class Show(StrEnum):
    """What a human is given of the caller's number."""

    OWN = "own"  #: our own number is shown
    SAID = "said"  #: our own number is shown, and the caller's is read out
    CALLER = "caller"  #: the caller's number is shown, where the carrier allows it
    BOTH = "both"  #: shown where that is allowed, and read out

    @property
    def shown(self) -> bool:
        """Whether the human's phone shows the caller's number."""
        return self in (Show.CALLER, Show.BOTH)

    @property
    def said(self) -> bool:
        """Whether the caller's number is read out."""
        return self in (Show.SAID, Show.BOTH)


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences. Names in braces are filled in, and may be left out."""

    locale: str  #: the language as a voice needs it: language and country
    moment: str
    away: str  #: several sentences for about 20 s, a second apart, to callers while the app itself is away
    reach: str  #: the number of last resort, where the carrier could not be had to dial it
    apology: str
    sorry: str
    nobody: str  #: said again and again to a caller who can be neither moved nor let go
    thanks: str
    caller_gone: str
    too_late: str
    declined: str
    first: str  #: first words to a human: all that a mailbox may record whole
    first_from: str
    take: str  #: said right after them, and by itself: who waits for no more can accept
    decline: str
    keys: str
    there: str  #: behind a switchboard, again and again
    matter: str
    number: str
    introduction: str
    ai: str  #: that an AI speaks, before its greeting
    ai_of: str
    help: str  #: after that
    caller: str
    assistant: str


#: English, spoken by whatever voice the account has.
ENGLISH = Words(
    locale="",
    moment="One moment please.",
    away="I am still here. There is a short interruption on our side. Please stay on the line. "
    "Thank you for your patience. Somebody will be with you in a moment. You are still "
    "connected, please hold on. This takes a little longer than usual.",
    reach="You can also reach us at {number}.",
    apology="I am sorry, nobody can take your call right now. Please leave a message with your name and "
    "number after the tone, and we will call you back.",
    nobody="I am sorry, nobody can take your call right now. Please hang up, and call again in "
    "a few minutes.",
    sorry="I am sorry, all our lines are busy right now. Please call again in a few minutes. Goodbye.",
    thanks="Thank you. Your message has been taken. Goodbye.",
    caller_gone="The caller has hung up. Thank you, goodbye.",
    too_late="Thank you. The call has been taken care of. Goodbye.",
    declined="All right. Goodbye.",
    first="A call for {name}.",
    first_from="A call for {name}, from {company}.",
    take="Press 1 at any time to take it,",
    decline="2 to decline.",
    keys="Press 1 to take the call, or 2 to decline.",
    there="Press 1 to hear what it is about, or 2 to decline.",
    matter="A caller asked to speak with a person.",
    number="The caller's number is {number}.",
    introduction="Here is {name}, who knows what this is about.",
    ai="Hello, I am an AI assistant.",
    ai_of="Hello, I am the AI assistant of {company}.",
    help="How can I help you?",
    caller="Caller",
    assistant="Assistant",
)

#: By the two letters of ISO 639-1.
LANGUAGES: dict[str, Words] = {
    "en": replace(ENGLISH, locale="en-US"),
    "de": Words(
        locale="de-DE",
        moment="Einen Moment bitte.",
        away="Ich bin noch da. Es gibt gerade eine kurze Störung bei uns. Bitte bleiben Sie am "
        "Apparat. Vielen Dank für Ihre Geduld. Gleich ist jemand für Sie da. Sie sind weiter "
        "verbunden, bitte warten Sie. Es dauert etwas länger als sonst.",
        reach="Sie erreichen uns auch unter {number}.",
        apology="Es tut mir leid, im Moment kann niemand Ihren Anruf annehmen. Bitte hinterlassen Sie nach "
        "dem Ton eine Nachricht mit Ihrem Namen und Ihrer Nummer, wir rufen Sie zurück.",
        nobody="Es tut mir leid, im Moment ist niemand zu erreichen. Bitte legen Sie auf, und "
        "rufen Sie in ein paar Minuten wieder an.",
        sorry="Es tut mir leid, im Moment sind alle Leitungen besetzt. Bitte rufen Sie in ein paar Minuten "
        "noch einmal an. Auf Wiederhören.",
        thanks="Vielen Dank. Ihre Nachricht ist aufgenommen. Auf Wiederhören.",
        caller_gone="Der Anrufer hat aufgelegt. Vielen Dank, auf Wiederhören.",
        too_late="Vielen Dank. Um den Anruf kümmert sich schon jemand. Auf Wiederhören.",
        declined="In Ordnung. Auf Wiederhören.",
        first="Ein Anruf für {name}.",
        first_from="Ein Anruf für {name}, von {company}.",
        take="Mit der 1 nehmen Sie jederzeit an,",
        decline="mit der 2 lehnen Sie ab.",
        keys="Drücken Sie die 1, um den Anruf anzunehmen, oder die 2, um abzulehnen.",
        there="Drücken Sie die 1, um zu hören, worum es geht, oder die 2, um abzulehnen.",
        matter="Jemand möchte mit einem Menschen sprechen.",
        number="Die Nummer des Anrufers ist {number}.",
        introduction="Hier ist {name} und weiß, worum es geht.",
        ai="Guten Tag, hier spricht ein KI-Assistent.",
        ai_of="Guten Tag, hier spricht der KI-Assistent von {company}.",
        help="Was kann ich für Sie tun?",
        caller="Anrufer",
        assistant="Assistent",
    ),
    "fr": Words(
        locale="fr-FR",
        moment="Un instant, s'il vous plaît.",
        away="Je suis toujours là. Il y a une courte interruption de notre côté. Merci de rester "
        "en ligne. Merci de votre patience. Quelqu'un va s'occuper de vous dans un instant. "
        "Vous êtes toujours en ligne, veuillez patienter. Cela prend un peu plus de temps que "
        "d'habitude.",
        reach="Vous pouvez aussi nous joindre au {number}.",
        apology="Je suis désolé, personne ne peut prendre votre appel pour le moment. Laissez un message "
        "avec votre nom et votre numéro après le bip, et nous vous rappellerons.",
        nobody="Je suis désolé, personne ne peut prendre votre appel. Veuillez raccrocher et "
        "rappeler dans quelques minutes.",
        sorry="Je suis désolé, toutes nos lignes sont occupées. Veuillez rappeler dans quelques minutes. "
        "Au revoir.",
        thanks="Merci. Votre message est enregistré. Au revoir.",
        caller_gone="La personne qui appelait a raccroché. Merci, au revoir.",
        too_late="Merci. Quelqu'un s'occupe déjà de cet appel. Au revoir.",
        declined="Très bien. Au revoir.",
        first="Un appel pour {name}.",
        first_from="Un appel pour {name}, de la part de {company}.",
        take="Appuyez sur 1 à tout moment pour le prendre,",
        decline="sur 2 pour refuser.",
        keys="Appuyez sur 1 pour prendre l'appel, ou sur 2 pour refuser.",
        there="Appuyez sur 1 pour savoir de quoi il s'agit, ou sur 2 pour refuser.",
        matter="Quelqu'un demande à parler à une personne.",
        number="Le numéro de la personne qui appelle est le {number}.",
        introduction="Voici {name}, qui sait de quoi il s'agit.",
        ai="Bonjour, je suis un assistant IA.",
        ai_of="Bonjour, je suis l'assistant IA de {company}.",
        help="Comment puis-je vous aider ?",
        caller="Appelant",
        assistant="Assistant",
    ),
    "es": Words(
        locale="es-ES",
        moment="Un momento, por favor.",
        away="Sigo aquí. Hay una breve interrupción por nuestra parte. Por favor, no cuelgue. "
        "Gracias por su paciencia. Enseguida le atenderá alguien. Sigue usted conectado, "
        "espere por favor. Esto tarda un poco más de lo normal.",
        reach="También puede llamarnos al {number}.",
        apology="Lo siento, ahora mismo nadie puede atender su llamada. Deje un mensaje con su nombre y su "
        "número después de la señal y le devolveremos la llamada.",
        nobody="Lo siento, nadie puede atender su llamada ahora. Cuelgue, por favor, y llame de "
        "nuevo dentro de unos minutos.",
        sorry="Lo siento, todas nuestras líneas están ocupadas. Llame de nuevo dentro de unos minutos, por "
        "favor. Adiós.",
        thanks="Gracias. Hemos recibido su mensaje. Adiós.",
        caller_gone="La persona que llamaba ha colgado. Gracias, adiós.",
        too_late="Gracias. La llamada ya está atendida. Adiós.",
        declined="De acuerdo. Adiós.",
        first="Una llamada para {name}.",
        first_from="Una llamada para {name}, de parte de {company}.",
        take="Pulse 1 en cualquier momento para atenderla,",
        decline="o 2 para rechazarla.",
        keys="Pulse 1 para atender la llamada o 2 para rechazarla.",
        there="Pulse 1 para saber de qué se trata o 2 para rechazarla.",
        matter="Alguien pide hablar con una persona.",
        number="El número de quien llama es el {number}.",
        introduction="Le paso con {name}, que ya sabe de qué se trata.",
        ai="Hola, soy un asistente de inteligencia artificial.",
        ai_of="Hola, soy el asistente de inteligencia artificial de {company}.",
        help="¿En qué puedo ayudarle?",
        caller="Cliente",
        assistant="Asistente",
    ),
    "it": Words(
        locale="it-IT",
        moment="Un momento, per favore.",
        away="Sono ancora qui. C'è una breve interruzione da parte nostra. Resti in linea, per "
        "favore. Grazie per la pazienza. Tra un momento qualcuno sarà da lei. È ancora in "
        "linea, attenda per favore. Ci vuole un po' più del solito.",
        reach="Può raggiungerci anche al numero {number}.",
        apology="Mi dispiace, al momento nessuno può rispondere. Lasci un messaggio con il suo nome e il suo "
        "numero dopo il segnale acustico: la richiameremo.",
        nobody="Mi dispiace, nessuno può rispondere in questo momento. La prego di riagganciare "
        "e di richiamare tra qualche minuto.",
        sorry="Mi dispiace, tutte le nostre linee sono occupate. Richiami tra qualche minuto. Arrivederci.",
        thanks="Grazie. Il suo messaggio è stato registrato. Arrivederci.",
        caller_gone="Chi chiamava ha riagganciato. Grazie, arrivederci.",
        too_late="Grazie. Della chiamata si sta già occupando qualcuno. Arrivederci.",
        declined="Va bene. Arrivederci.",
        first="Una chiamata per {name}.",
        first_from="Una chiamata per {name}, da parte di {company}.",
        take="Prema 1 in qualsiasi momento per rispondere,",
        decline="2 per rifiutare.",
        keys="Prema 1 per rispondere alla chiamata o 2 per rifiutarla.",
        there="Prema 1 per sentire di che cosa si tratta o 2 per rifiutare.",
        matter="Qualcuno chiede di parlare con una persona.",
        number="Il numero di chi chiama è {number}.",
        introduction="Le passo {name}, che sa già di che cosa si tratta.",
        ai="Buongiorno, sono un assistente di intelligenza artificiale.",
        ai_of="Buongiorno, sono l'assistente di intelligenza artificiale di {company}.",
        help="Come posso aiutarla?",
        caller="Chiamante",
        assistant="Assistente",
    ),
    "pt": Words(
        locale="pt-BR",
        moment="Um momento, por favor.",
        away="Ainda estou aqui. Há uma breve interrupção do nosso lado. Por favor, continue na "
        "linha. Obrigado pela sua paciência. Alguém vai atender em um momento. A ligação "
        "continua, aguarde por favor. Está demorando um pouco mais do que o normal.",
        reach="Você também pode falar conosco pelo número {number}.",
        apology="Desculpe, ninguém pode atender a sua ligação agora. Deixe uma mensagem com seu nome e "
        "número depois do sinal, e nós ligaremos de volta.",
        nobody="Desculpe, ninguém pode atender agora. Por favor, desligue e ligue de novo em alguns minutos.",
        sorry="Desculpe, todas as nossas linhas estão ocupadas. Ligue de novo em alguns minutos, por favor. "
        "Até logo.",
        thanks="Obrigado. A sua mensagem foi gravada. Até logo.",
        caller_gone="A pessoa que ligou desligou. Obrigado, até logo.",
        too_late="Obrigado. A ligação já foi atendida. Até logo.",
        declined="Tudo bem. Até logo.",
        first="Uma ligação para {name}.",
        first_from="Uma ligação para {name}, da parte de {company}.",
        take="Tecle 1 a qualquer momento para atender,",
        decline="ou 2 para recusar.",
        keys="Tecle 1 para atender a ligação ou 2 para recusar.",
        there="Tecle 1 para ouvir do que se trata ou 2 para recusar.",
        matter="Alguém pede para falar com uma pessoa.",
        number="O número de quem está ligando é {number}.",
        introduction="Aqui está {name}, que já sabe do que se trata.",
        ai="Olá, sou um assistente de inteligência artificial.",
        ai_of="Olá, sou o assistente de inteligência artificial de {company}.",
        help="Como posso ajudar?",
        caller="Cliente",
        assistant="Assistente",
    ),
    "nl": Words(
        locale="nl-NL",
        moment="Een ogenblik alstublieft.",
        away="Ik ben er nog. Er is een korte storing aan onze kant. Blijft u alstublieft aan de "
        "lijn. Dank u voor uw geduld. Er is zo iemand voor u. U bent nog verbonden, een "
        "ogenblik geduld. Het duurt iets langer dan anders.",
        reach="U kunt ons ook bereiken op {number}.",
        apology="Het spijt me, op dit moment kan niemand uw oproep aannemen. Laat na de toon een bericht "
        "achter met uw naam en nummer, dan bellen wij u terug.",
        nobody="Het spijt me, niemand kan u nu te woord staan. Hangt u alstublieft op, en belt "
        "u over een paar minuten nog eens.",
        sorry="Het spijt me, al onze lijnen zijn bezet. Belt u over een paar minuten nog eens. Tot ziens.",
        thanks="Dank u wel. Uw bericht is opgenomen. Tot ziens.",
        caller_gone="De beller heeft opgehangen. Dank u wel, tot ziens.",
        too_late="Dank u wel. Het gesprek is al aangenomen. Tot ziens.",
        declined="Goed. Tot ziens.",
        first="Een oproep voor {name}.",
        first_from="Een oproep voor {name}, van {company}.",
        take="Toets op elk moment 1 om aan te nemen,",
        decline="2 om te weigeren.",
        keys="Toets 1 om het gesprek aan te nemen of 2 om te weigeren.",
        there="Toets 1 om te horen waar het over gaat of 2 om te weigeren.",
        matter="Iemand wil graag een medewerker spreken.",
        number="Het nummer van de beller is {number}.",
        introduction="Hier is {name}, die weet waar het over gaat.",
        ai="Goedendag, ik ben een AI-assistent.",
        ai_of="Goedendag, ik ben de AI-assistent van {company}.",
        help="Waarmee kan ik u helpen?",
        caller="Beller",
        assistant="Assistent",
    ),
}

NAMES = frozenset(each.name for each in fields(Words))


def known(language: str) -> bool:
    """Whether our sentences are written in this language; none in particular is English."""
    return not language or language in LANGUAGES


def words(language: str, changed: Mapping[str, str] | None = None) -> Words:
    """The sentences of this language, English where it is not known, some of them in other words."""
    ours = LANGUAGES.get(language, LANGUAGES["en"]) if language else ENGLISH
    return replace(ours, **(changed or {}))


def checked(changed: dict[str, str]) -> dict[str, str]:
    """These sentences, by name; ValueError for a name or a blank that there is none of."""
    for name, sentence in changed.items():
        if name not in NAMES:
            raise ValueError(f"{name!r} is none of {', '.join(sorted(NAMES))}")
        try:
            blanks = {blank for _, blank, *_ in Formatter().parse(sentence) if blank is not None}
            there = {blank for _, blank, *_ in Formatter().parse(getattr(ENGLISH, name)) if blank is not None}
        except ValueError as fault:
            raise ValueError(f"{name} cannot be read: {fault}") from None
        if blanks - there:
            raise ValueError(f"{name} cannot hold {{{sorted(blanks - there)[0]}}}")
    return changed


def in_digits(number: str) -> str:
    """A number as it is read out: digit by digit, "" for one that is none."""
    return " ".join(number.removeprefix("+")) if number.removeprefix("+").isdigit() else ""
