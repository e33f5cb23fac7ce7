"""Words that say nothing of whom a caller wants: of a target, and of what is written of people.

As `core.names.fold` leaves them, in the languages whose wishes for a person are understood. They count for
descriptions and for what models make up: a whole name is never looked up here, so that somebody may be called
An, Will or Do.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Articles, pronouns, prepositions, and what is said around a name or a matter, language by language.
FILLERS = _words(
    """
    a an the this that these those who whom which whose what where when is are was be been being has
    have had do does did can could will would shall should may might must i me my you your we us our
    they them their he him his she her it its of in on at to for from with by about as if so there here
    any some all every each anything something everything please mr mrs ms miss sir madam
    der die das den dem des ein eine einen einem einer eines ist sind war hat haben wer wen wem was
    welche welcher welches wo wenn ich mich mir wir uns sie ihr ihm ihn es er von vom im am zu zum zur
    fur mit bei uber als da hier alles etwas bitte herr frau
    le la les l un une des du de d au aux est sont qui que quoi ou je me moi nous vous il elle ils elles
    dans sur pour avec chez par tout quelque monsieur madame
    el los las lo una unos unas del al es son que quien yo mi nos por para con sobre todo algo senor
    senora os as um uma uns umas do da dos das na em e com tudo senhor senhora il gli i uno dello della
    dei degli delle che chi per su tutto signor signora
    het een is zijn wie wat waar ik mij we wij ons zij hij van op aan voor met bij alles iets meneer
    mevrouw
    """
)

#: What a department is called besides its name: nothing, beside another word.
UNITS = _words(
    """
    department dept team office desk service abteilung departement equipe departamento equipo equipa
    reparto ufficio afdeling
    """
)

#: Words for nobody in particular.
SOMEBODY = _words(
    """
    anyone anybody someone somebody whoever person human people jemand jemanden jemandem irgendjemand
    irgendjemanden irgendwer irgendwen mensch menschen quelqu quelquun personne humain alguien
    cualquiera persona alguem pessoa qualcuno chiunque iemand mens
    """
)

#: Words between several, one of whom will do.
EITHER = _words("or and oder und ou et y en")

#: From these on a clause says what somebody is not for.
NOT = _words(
    """
    not no never without except nicht nie kein keine keinen ohne ausser pas jamais sans sauf nunca sin
    salvo nao sem exceto non mai senza tranne niet geen nooit zonder behalve
    """
)
