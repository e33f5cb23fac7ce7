"""German."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_PERSON = (
    r"mensch(?:en)?|person(?:en)?|jemand(?:en|em)?|irgendjemand(?:en|em)?|(?:service "
    r"?)?mitarbeiter(?:in|n|innen)?|"
    r"kolleg(?:e|en|in|innen)|(?:kunden)?berater(?:in|n)?|agent(?:en|in)?|ansprechpartner(?:in)?|"
    r"sachbearbeiter(?:in)?|chef(?:in)?|vorgesetzte[nr]?|manager(?:in)?|leiter(?:in)?|operator|"
    r"telefonist(?:en|in)?|"
    r"techniker(?:in)?|spezialist(?:en|in)?|experte[n]?|verantwortliche[nr]?"
)
_OFFICE = (
    r"kundendienst|kundenservice|kundenbetreuung|support|service|vertrieb|verkauf|buchhaltung|"
    r"zentrale|empfang|"
    r"rezeption|\w*abteilung|technik|beschwerdestelle|hotline|sekretariat|customer (?:service|"
    r"support)|\w*team"
)
_WHO = (
    r"(?:(?:eine[mnrs]?|ein|den|dem|der|die|das|vom|zum|zur|ihre[mnrs]?|ihr|unsere[mnrs]?|irgend|von|"
    r"aus|noch|"
    r"einen der) ){0,3}"
    r"(?:(?:echt|richtig|real|lebendig|menschlich|ander|wirklich|zustandig|leibhaftig|nett)\w{0,3} ){0,2}"
    rf"(?:{_PERSON}|{_OFFICE})(?!\w)"
)
_TALK = r"(?:weiter)?(?:sprechen|reden|telefonieren|gesprochen|unterhalten|verbunden werden)"
_MORE = r"(?: \w+){0,4}?"
_FOLLOWS = (
    r"(?= bitte| jetzt| sofort| am (?:telefon|apparat)| ans (?:telefon|rohr)| sprechen| dran| haben| "
    r"zum reden| mit dem ich|$)"
)

GRAMMAR = Grammar(
    code="de",
    marks=(
        "aber diese dieser ohne noch alle "
        "ich sie der die das den dem ein eine einen einem einer ist sind und oder nicht kein keine "
        "keinen bitte mit mir "
        "mich ihr ihre ihnen ihren wir uns zu zum zur von vom fur auf bei im am an als wie was wann wo "
        "wer kann konnen "
        "konnte konnten mochte mochten moechte will wollen soll darf hatte habe haben gern gerne danke "
        "ja nein nee jetzt "
        "gleich mal auch da es gibt wenn dann sprechen reden verbinden verbinde stelle durch einen "
        "moment jemand jemandem "
        "jemanden brauche guten tag mensch mitarbeiter kollegen leider selbst nur moglich notig machen "
        "werde werden"
    ),
    who=_WHO,
    mine=r"mein\w*|unser\w*",
    asks=(
        r"(?:konnen|kannst|konnten|wurden|wollen) sie mich(?: \w+){0,2}? (?:an|zu|mit|zum|zur) {who}(?: "
        r"\w+){0,2}? (?:weitergeben|weiterreichen|geben|weiterleiten|verbinden|verweisen)",
        r"(?:hatte|haette)(?: \w+){0,4}? {who} (?:gesprochen|gehabt)",
        r"(?:will|mochte|moechte|wurde|konnte|kann)(?: \w+){0,5}? mit {who}(?: \w+){0,3}? (?:besprechen|"
        r"klaren|regeln|diskutieren|verhandeln|weitermachen)",
        r"(?:mochte|will|wunsche|hatte gerne?|verlange)(?: \w+){0,2}? dass(?: mich| mir| sich)? {who}(?: "
        r"\w+){0,3}? (?:hilft|kummert|ubernimmt|anhort|verbindet|spricht|drannimmt)",
        r"moglichkeit(?: \w+){0,2}? mit {who}|moglichkeit mit jemandem",
        r"mit (?:dem|der|denen) ich(?: \w+){0,3}? (?:reden|sprechen|telefonieren)",
        r"(?:kann|konnen|konnte|konnten)(?: sie)? mi(?:ch|r)(?: \w+){0,3}? (?:verbinden|{who} (?:geben|"
        r"holen))",
        rf"mit(?: \w+){{0,2}}? {{who}}{_MORE} {_TALK}(?<!gesprochen)",
        r"(?:sprechen|reden|telefonieren) mit(?: \w+){0,2}? {who}",
        r"(?:mochte|moechte|will|wurde|wuerde|kann|konnte|koennte|darf|muss)(?: \w+){0,4}? {who}(?: "
        r"\w+){0,3}? "
        r"(?:sprechen|haben|am telefon|ans telefon|am apparat)",
        r"hatte gerne? (?:\w+ ){0,2}?{who} gesprochen|haette gerne? (?:\w+ ){0,2}?{who} gesprochen",
        r"(?:verbinden|verbinde|verbind|stellen|stell|stelle|leiten|leite|geben|holen)(?: sie)?(?: "
        r"bitte)? mich"
        r"(?! nicht)(?: \w+){0,3}? (?:mit|zu|zum|zur|an|an den|durch|weiter)",
        r"(?:mich|uns)(?: \w+){0,5}? (?:verbinden|verbindet|durchstellen|durchstellt|weiterleiten|"
        r"weiterverbinden)"
        r"|verbunden werden mit|(?:ich|mochte|will|wurde|wuerde)(?: \w+){0,5}? (?:verbunden|"
        r"weiterverbunden|durchgestellt|weitergeleitet) werden",
        rf"(?:geben|gib|holen|hol|bringen)(?: sie)? mir(?: \w+){{0,2}}? {{who}}{_FOLLOWS}",
        rf"(?:brauche|will|mochte|moechte|verlange|hatte gerne?|haette gerne?|bevorzuge)(?: bitte| lieber| "
        rf"jetzt| endlich"
        rf"| mal| nur){{0,2}} {{who}}{_FOLLOWS}",
        rf"(?:gibt es|gibt's|haben sie|ist)(?: \w+){{0,3}}? {{who}}(?: mit (?:dem|der|denen))?(?: "
        rf"\w+){{0,3}}? {_TALK}",
        r"(?:gibt es|gibt's|haben sie) (?:(?:da|bei ihnen|dort|hier|auch|denn|keine|nicht) ){0,3}{who}"
        r"(?: da| dort| hier)?$(?<!jemand)(?<!jemanden)",
        r"ist da (?:auch |denn )?(?:ein|eine|irgendein) {who}$",
    ),
    bare=(
        r"mit|zu|zum|zur|bitte|jetzt|nur|nein|hallo|einfach|danke|ich|mochte|will|den|die|einen|eine|ein|"
        r"ja|ah|ahm|sofort"
    ),
    mentions=r"muss ich|rede ich|spreche ich|sind sie|bist du|wollte",
    nots=r"nicht|kein|keine[nmrs]?|niemand(?:en|em)?|nie|ohne|statt|anstatt|ungern",
    turns=r"sondern|aber|nur|ich will|ich mochte|geben sie|verbinden sie|lieber",
    asking=(
        r"warum (?:kann|darf) ich|wieso (?:kann|darf) ich|kann ich nicht mit|kann ich denn nicht|haben "
        r"sie kein|gibt es kein"
    ),
    refuses=(
        r"vergessen sie(?: es|'s)|lassen sie(?: es| mal)|schon gut|doch nicht",
        r"(?:nicht|niemand\w*|kein\w*)(?: \w+){0,3}? (?:weiterverbunden|verbunden|durchgestellt|"
        r"weitergeleitet|verbinden|durchstellen|weiterleiten|weiterverbinden)",
        r"(?:verbinden|stellen|leiten) sie mich(?: bitte)? nicht",
        r"(?:kein\w*|ohne|niemand\w*)(?: \w+){0,2}? {who}",
        r"niemanden (?:sprechen|brauche)|mit niemandem",
    ),
    no=r"nein|nee|no|nicht|ne",
    noes=(
        r"bleibe(?: ich)?(?: \w+){0,2}? bei ihnen|im moment nicht|vorerst nicht|nicht (?:notig|noetig|"
        r"jetzt|mehr notig)|jetzt nicht|gerade nicht|vielleicht spater|spater vielleicht|lassen sie"
        r"(?: es| mal)|lieber nicht|geht (?:auch|schon) so|brauche ich nicht|schon gut|vergessen sie|ein "
        r"andermal"
    ),
    yes=(
        r"ja|jo|jawohl|gern|gerne|ok|okay|klar|naturlich|sicher|bitte(?: ja)?$|bitte (?:machen|tun)|"
        r"machen sie|das ware|"
        r"das war|in ordnung|einverstanden|sehr gern|unbedingt|warum nicht|gut|prima|super|genau|von mir aus"
    ),
    handoffs=(
        r"(?:versuche|probiere)(?: ich)?(?: \w+){0,2}? {who}(?: \w+){0,3}? (?:erreichen|bekommen|holen|"
        r"finden)",
        r"{who} (?:fur sie|ihnen)(?: \w+)? zu (?:erreichen|holen|finden)|ubergebe(?: ich)?(?: sie| das "
        r"gesprach)? an {who}",
        r"(?:kontaktiere|erreiche|frage)(?: ich)?(?: \w+){0,2}? {who}(?: \w+){0,2}? (?:fur sie|ob|der "
        r"ubernimmt)|uberlasse sie {who}",
        r"(?:hole|schalte|rufe|nehme|bitte|ziehe)(?: ich)?(?: \w+){0,3}? {who}(?: \w+){0,2}? (?:dazu|"
        r"hinzu|ans telefon|an den apparat|zu ubernehmen|heran)",
        r"leite(?: ich)? (?:sie|dich)(?: \w+){0,3}? weiter",
        r"bitte {who}(?: \w+){0,3}? zu (?:ubernehmen|sprechen)",
        r"(?:verbinde|verbind)(?: ich)? (?:sie|dich)(?! (?:mit dem netz|mit dem internet))",
        r"(?:sie|dich|ihren anruf|den anruf|das gesprach)(?: \w+){0,6}? (?:verbinden|durchstellen|"
        r"durchzustellen|"
        r"weiterverbinden|weiterleiten|zu verbinden|weiterzuleiten|verbinde|durchstelle|weiterleite)(?!\w)",
        r"(?:stelle|stell)(?: ich)? (?:sie|dich|den anruf|ihren anruf)(?: \w+){0,5}? durch",
        r"leite(?: ich)? (?:sie|ihren anruf|den anruf|das gesprach)(?: \w+){0,6}? weiter",
        r"(?:ubergebe|uebergebe)(?: ich)? (?:sie|das gesprach|ihren anruf)(?: \w+){0,4}",
        r"(?:hole|rufe|suche|hol)(?: ich)?(?: \w+){0,2}? {who}(?: \w+){0,2}? (?:ans telefon|dazu|an den "
        r"apparat|fur sie|"
        r"ans rohr|in die leitung|zu uns)",
        r"(?:gebe|reiche)(?: ich)? (?:sie|dich|das gesprach|ihren anruf)(?: \w+){0,3}? an {who}(?: "
        r"\w+){0,2}? (?:weiter|ab)",
        r"(?:suche|finde|rufe)(?: ich)?(?: ihnen| fur sie)(?: \w+){0,2}? {who}(?! \w*nummer)",
        r"sie (?:sprechen|reden)(?: \w+){0,2}? (?:gleich|sofort|jetzt)(?: \w+){0,2}? mit {who}",
        r"(?:gleich|sofort|jetzt) (?:sprechen|reden) sie mit {who}",
        r"(?:hole|besorge)(?: ich)?(?: ihnen)? {who}$",
        r"{who}(?: \w+){0,2}? (?:ubernimmt|kummert sich jetzt|ist gleich (?:fur sie|bei ihnen|am)|kommt "
        r"(?:gleich|jetzt|sofort)"
        r"|nimmt (?:ihren|den) anruf|wird (?:gleich|jetzt|sofort|ihren)|meldet sich gleich)",
        r"(?:sie|ihr anruf|du) (?:werden|wird|wirst)(?: \w+){0,6}? (?:verbunden|durchgestellt|weitergeleitet|"
        r"weiterverbunden)",
        r"^(?:ich )?(?:verbinde|stelle durch)(?: jetzt| nun)?$",
        r"(?:schaue|sehe|prufe)(?: ich)?(?: \w+){0,3}? (?:wer|ob)(?: \w+){0,3} (?:frei|da|erreichbar) ist",
    ),
    talks=(
        r"mit {who}(?: \w+){0,3}? (?:besprechen|klaren|regeln|verbunden)|{who}(?: \w+){0,2}? (?:dazu|ans "
        r"telefon)",
        r"{who}(?: \w+){0,2}? (?:hilft|helfen|ubernimmt|dazu|weitermacht)|verbunden werden",
        r"mit(?: \w+){0,2}? {who}(?: \w+){0,3}? (?:sprechen|reden|telefonieren)",
        r"{who} (?:sprechen|haben|dazuholen|hinzuziehen|ans telefon holen|holen)",
        r"(?:lieber|mochten sie) {who}$",
    ),
    perhaps=(
        r"wenn sie|falls sie|wenn du|kann ich|ich kann|konnte ich|ich konnte|soll ich|darf ich|mochten "
        r"sie|wollen sie|wunschen|gern auch|sofern|auf wunsch|bei bedarf"
    ),
    ifs=r"wenn|falls|sofern|sagen sie",
    questions=r"soll|darf|mochten|mochtest|wollen|kann ich|konnen|wunschen|willst|ware es|sind sie",
    agreed=r"ist das|in ordnung|einverstanden|recht|okay|ok|passt das|ja|soll ich",
    stays=(
        r"(?:niemand|kein {who}|keiner|keine)(?: \w+){0,4}? (?:frei|erreichbar|da|verfugbar|zu erreichen)",
        r"helfe(?: ich)? ihnen(?: \w+){0,3}? (?:selbst|weiter|selber)|selbst weiter|helfe ich ihnen|"
        r"machen wir(?: \w+){0,2}? weiter|bleibe(?: ich)? bei ihnen",
    ),
    later=(
        r"zuruck|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mail|schickt|vorbei|"
        r"repariert|ruft sie|ruft an|nachste woche"
    ),
    idle=r"nicht auflegen|legen sie (?:bitte )?nicht auf|keine sorge|kein problem|keine ursache",
    glue=r"\w+ fur sie zu|jemand\w*|der|die|das|dem|den|dessen|deren|mit dem|mit der|mit denen|dass|damit",
    leaves=(
        r"(?:will|mochte|mag|kann|werde) (?:ich )?(?:\w+ )?(?:nicht|nimmer) (?:"
        r"(?:mehr|langer|so lange|weiter) )*warten$",
        r"(?:nicht|keine lust|keine zeit)(?: mehr| langer| weiter)* (?:zu )?warten$",
        r"(?:nehmen sie mich|nimm mich|raus|heraus|will|mochte) (?:\w+ )?(?:aus|in) der "
        r"(?:warteschlange|schlange)",
        r"(?:verlasse|verlassen) (?:\w+ )?(?:die |der )?(?:warteschlange|schlange)",
    ),
)
