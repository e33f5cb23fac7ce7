"""Dutch."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_PERSON = (
    r"mens|mensen|persoon|iemand|medewerk(?:er|ster|ers)|collega|collega's|agent|adviseur|operator|"
    r"telefonist(?:e)?|"
    r"leidinggevende|manager|chef|baas|directeur|supervisor|vertegenwoordiger|receptionist(?:e)?|"
    r"specialist|technicus|"
    r"monteur|verkoper|verantwoordelijke|expert|teamleider"
)
_OFFICE = (
    r"klantenservice|klantendienst|verkoop|boekhouding|administratie|receptie|balie|centrale|helpdesk|"
    r"support|"
    r"afdeling(?: \w+)?|technische dienst|service ?desk|\w*team|debiteuren\w*|facturatie"
)
_WHO = (
    r"(?:(?:een|de|het|uw|jullie|onze|ons|van|andere|een van (?:uw|onze|de)|geen) ){0,3}"
    r"(?:(?:echte?|levende?|menselijke?|werkelijke?|ander) ){0,2}"
    rf"(?:{_PERSON}|{_OFFICE})(?!['\w])"
)
_SPEAK = r"(?:spreken|praten|overleggen|bellen)"
_FOLLOWS = (
    r"(?= graag| alstublieft| alsjeblieft| nu| meteen| aan de (?:lijn|telefoon)| spreken| hebben| die "
    r"me (?:kan|helpt)| met wie|$)"
)

GRAMMAR = Grammar(
    code="nl",
    marks=(
        "maar deze over zonder nog alleen "
        "ik u uw je jij jullie me mij mijn we wij de het een en of van voor met aan op in is zijn dat "
        "die dit er niet geen "
        "kan kunt mag wil wilt graag zou hallo goedemorgen ja nee dank bedankt alstublieft alsjeblieft "
        "iemand mens medewerker "
        "spreken praten verbind verbinden doorverbinden doorverbonden wordt heb heeft bent hoeveel "
        "wanneer waar waarom hoe nu "
        "even zo zal als ga zet haal erbij lijn collega morgen hoeft hoef dan helaas goed prima doe maar "
        "ook naar te zelf "
        "verder beschikbaar niemand"
    ),
    who=_WHO,
    mine=r"mijn|een van mijn",
    asks=(
        r"(?:wil|zou willen|verwacht|eis|liever)(?: \w+){0,2}? dat {who}(?: \w+){0,3}? (?:helpt|spreekt|"
        r"belt|overneemt|te woord)",
        r"(?:me|mij)(?: \w+){0,2}? in (?:contact|verbinding) (?:brengen|stellen|komen)(?: \w+)? ?(?:met)? "
        r"?{who}",
        r"(?:bespreek|regel|doe|doorneem|overleg)(?: ik)?(?: \w+){0,2}? liever met {who}|(?:bespreken|"
        r"regelen|overleggen) met {who}|met {who} (?:bespreken|regelen|overleggen)",
        r"(?:kunt|kan|wilt|wil|zou)(?: \w+){0,2}? {who}(?: \w+){0,2}? (?:aan de (?:lijn|telefoon)|erbij) "
        r"(?:halen|roepen|krijgen|geven)",
        r"(?:praat|spreek|heb|hoor) (?:ik )?(?:toch |veel )?liever (?:met )?{who}",
        rf"(?:wil|kan|mag|zou|moet|wou|wilde|kunnen)(?: \w+){{0,5}}? (?:met |met de |aan )?{{who}}(?: "
        rf"\w+){{0,3}}? {_SPEAK}",
        rf"(?:wil|kan|mag|zou|moet)(?: \w+){{0,4}}? {_SPEAK} met {{who}}",
        rf"met {{who}}(?: \w+){{0,2}}? {_SPEAK}$",
        r"(?:kan|kunt|kon|mag|zou) {who}(?: \w+){0,4}? te woord (?:staan)?|mij te woord",
        r"met wie ik(?: \w+){0,2} (?:praten|spreken)",
        r"(?:verbind|verbindt|zet|schakel) (?:u )?(?:me|mij)(?: \w+){0,5}? (?:door|met|over|naar)",
        r"(?:me|mij|ik)(?: \w+){0,5}? (?:doorverbinden|doorverbonden|doorschakelen|doorzetten|"
        r"doorverbindt|door te verbinden)",
        rf"(?:geef|geeft u|haal|roep|zoek) (?:me|mij)?(?: even)? ?{{who}}{_FOLLOWS}",
        rf"(?:ik wil|wil ik|wil|ik zou|liever|graag|wens|eis|mag ik|kan ik)(?: graag| liever| gewoon| nu| "
        rf"even| toch)* {{who}}"
        rf"(?: even)?{_FOLLOWS}",
        r"(?:is er|zijn er|heeft u|hebben jullie|heb je) (?:ook |daar |misschien |geen )*{who}(?: "
        r"\w+){0,4}? ?(?:praten|spreken|aanwezig|beschikbaar"
        r"|daar|aan de lijn)",
    ),
    bare=r"met|graag|alstublieft|alsjeblieft|nu|nee|hallo|ja|gewoon|een|de|ik|wil|dank|u|even|bedankt",
    mentions=r"moet ik met|bent u|ben je|spreek ik|sprak|wilde (?:met|een)",
    nots=r"niet|geen|niemand|nooit|zonder|in plaats van|hoef|hoeft",
    turns=r"maar|gewoon|alleen|ik wil|wel|liever",
    asking=(
        r"waarom (?:kan|mag) ik|kan ik niet met|is er geen|is er niemand|heeft u geen|hebben jullie geen|"
        r"mag ik niet"
    ),
    refuses=(
        r"laat maar|vergeet het|toch niet",
        r"(?:niet|niemand|geen)(?: \w+){0,3}? (?:doorverbinden|doorverbonden|doorschakelen|spreken|door "
        r"te verbinden)",
        r"(?:verbind|zet) (?:me|mij) niet|(?:geen|zonder|niemand)(?: \w+){0,2}? {who}|hoef (?:niemand|geen)",
    ),
    no=r"nee|neen|nah|niet",
    noes=(
        r"met u verder|voorlopig niet|bij u blijven|hoeft (?:echt )?niet|niet nodig|nu niet|niet nu|"
        r"straks|(?:misschien )?later|laat maar|liever niet|nog niet|vergeet het|"
        r"een andere keer|zo is het goed|gaat (?:wel|zo)"
    ),
    yes=(
        r"ja|jawel|jazeker|graag|ok|oke|okay|prima|zeker|natuurlijk|doe (?:maar|dat)|is goed|goed|akkoord|"
        r"alstublieft$|dat zou|"
        r"lijkt me|uitstekend|top|fijn|perfect|waarom niet"
    ),
    handoffs=(
        r"(?:probeer|ga|zal|tracht)(?: ik)?(?: \w+){0,2}? {who}(?: \w+){0,3}? (?:bereiken|halen|bellen|"
        r"vinden|pakken|roepen|contacteren)",
        r"(?:geef|draag)(?: ik)? (?:u|je|het gesprek) (?:door|over) aan {who}|laat(?: ik)? u bij {who}",
        r"vraag(?: ik)?(?: \w+)? {who} (?:om|of)(?: \w+){0,5}? (?:over te nemen|te praten|overneemt|erbij|"
        r"te komen|te woord)",
        r"verbind(?: ik)? (?:u|je|jou)(?: \w+){0,5}? (?:door|met)",
        r"(?:u|je|uw gesprek|het gesprek)(?: \w+){0,6}? (?:doorverbinden|doorverbind|doorschakelen|"
        r"doorzetten|doorverbonden|verbinden|"
        r"doorgeschakeld|doorgezet)(?!\w)",
        r"(?:doorverbinden|verbinden) met {who}",
        r"(?:zet|schakel|breng|stuur|geef)(?: ik)? (?:u|je|uw gesprek|het gesprek)(?: \w+){0,4}? (?:over|"
        r"door|in contact)(?: naar| aan| met|$)",
        r"(?:in contact|in verbinding) (?:met|brengen)",
        r"(?:haal|roep|zoek|vraag)(?: ik)?(?: \w+){0,2}? {who}(?: \w+){0,2}? (?:erbij|aan de lijn|aan de "
        r"telefoon|voor u|aan het toestel)",
        r"{who} voor u (?:zoeken|halen|roepen|bellen)|(?:zoek|haal) {who}$",
        r"{who}(?: \w+){0,3}? (?:erbij halen|aan de lijn halen|erbij roepen)",
        r"{who}(?: \w+){0,2}? (?:neemt (?:het|uw|zo|nu)|komt (?:zo|nu|meteen|dadelijk)|staat u zo|helpt u "
        r"zo)",
        r"(?:kijk|check|zie|ga na)(?: ik)?(?: \w+){0,2}? (?:wie|of)(?: \w+){0,3} (?:vrij|beschikbaar)",
    ),
    talks=(
        r"(?:u|je)(?: \w+){0,6}? (?:verbind|doorverbind|doorschakel|doorzet)",
        r"(?:liever )?met {who}(?: \w+){0,2}? (?:bespreken|regelen|overleggen)?$|bespreekt u(?: "
        r"\w+){0,3}? met {who}",
        r"(?:dat|als) {who} (?:u|je|het)(?: \w+){0,2}? (?:helpt|overneemt|te woord)|doorverbonden worden",
        rf"(?:met |aan )?{{who}}(?: \w+){{0,2}}? {_SPEAK}|{_SPEAK} met {{who}}",
        r"(?:liever|wilt u) {who}$",
    ),
    perhaps=(
        r"als u|als je|indien|kan ik|ik kan|zou ik|ik zou|zal ik|wilt u|wil je|mag ik|desgewenst|"
        r"desgewenst|kunnen we|wenst u"
    ),
    ifs=r"als|indien",
    questions=r"zal ik|wilt|wil je|mag ik|kan ik|zou u|wenst|moet ik|heeft u liever",
    agreed=r"is dat|goed|akkoord|oke|ok|vindt u|mag dat|schikt",
    stays=(
        r"(?:niemand|geen {who})(?: \w+){0,3}? (?:beschikbaar|vrij|bereikbaar)|niemand (?:beschikbaar|vrij)",
        r"help(?: ik)? (?:u|je)(?: \w+){0,2}? (?:zelf|verder)|zelf verder|blijf u(?: \w+)? helpen|(?:gaan|"
        r"doen) we(?: \w+){0,2}? verder|blijf bij u|ga door met helpen",
    ),
    later=(
        r"morgen|terug|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|mail|langs|belt|"
        r"volgende week|stuurt"
    ),
    idle=r"hang niet op|niet ophangen|geen probleem|geen zorgen|maakt u zich geen zorgen",
    leaves=(
        r"(?:wil|kan|ga|hoef|zou) (?:ik )?(?:\w+ )?niet (?:(?:meer|langer|verder) )*(?:te )?wachten$",
        r"(?:geen zin|geen tijd)(?: meer)? om (?:te wachten|(?:langer|nog) te wachten)$",
        r"(?:haal me|haal mij|uit de) (?:uit )?(?:de )?(?:wachtrij|rij)|de (?:wachtrij|rij) verlaten",
    ),
)
