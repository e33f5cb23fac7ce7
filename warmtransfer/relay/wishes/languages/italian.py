"""Italian."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_PERSON = (
    r"persona|persone|umano|essere umano|esseri umani|qualcuno|operator[ei]|operatrice|collega|"
    r"colleghi|responsabile|"
    r"direttore|direttrice|capo|superiore|supervisore|manager|agente|addett[oa]|consulente|tecnico|"
    r"rappresentante|"
    r"centralinista|receptionist|specialista|espert[oa]|assistente|impiegat[oa]|dipendente|commerciale"
)
_OFFICE = (
    r"ufficio(?: \w+)?|servizio (?:clienti|tecnico|\w+)|assistenza(?: clienti| tecnica)?|vendite|contabilita|"
    r"amministrazione|reception|centralino|reparto(?: \w+)?|supporto|squadra|team|fatturazione|accoglienza"
)
_WHO = (
    r"(?:(?:un|uno|una|il|lo|la|i|gli|le|al|allo|alla|agli|con|col|coi|un vostro|un suo|vostro|vostra|"
    r"vostri|suo|sua|"
    r"nostro|nostra|del|della|di|da|a|altro|altra|uno dei|nessun|nessuna) ){0,3}(?:l'|un'|all'|dell'|"
    r"dall'|coll'|nell'|un altr')?"
    rf"(?:(?:{_PERSON})|{_OFFICE})(?: (?:vera|vero|umano|umana|reale|in carne e ossa))?(?!['\w])"
)
_TALK = r"(?:parlare|discutere|comunicare|parlarne)(?: \w+){0,1}? (?:con|col|coi|a|al|alla)"
_WANT = (
    r"(?:voglio|vorrei|posso|potrei|devo|dovrei|bisogno di|preferisco|preferirei|mi piacerebbe|"
    r"desidero|e possibile|si puo|"
    r"mi faccia|fatemi|fammi|cui|chi|come|dove|gradirei|possibile)"
)
_FOLLOWS = (
    r"(?= per favore| per piacere| adesso| ora| subito| al telefono| in linea| grazie| che mi "
    r"(?:aiuti|possa aiutare)| con cui|$)"
)

GRAMMAR = Grammar(
    code="it",
    marks=(
        "si in ma anche questo questa perche piu nel nella dal sul tra ci "
        "il lo la gli un una uno di del della dell'assistenza che non e io mi lei le si con col per da "
        "al alla sono sto ho ha "
        "ha' c'e cui voglio vorrei posso puo potrei parlare qualcuno persona favore grazie buongiorno "
        "adesso ora subito "
        "quando quanto come dove va bene solo dica passi passa metta metto passo trasferisco collego "
        "operatore vuole "
        "desidera preferisce se allora io ieri mio mia nostro vostro suo sua attimo nessuno cosi certo "
        "ufficio "
        "l'ufficio l'orario prego resti linea essere umano collega"
    ),
    who=_WHO,
    mine=r"il mio|la mia|un mio|una mia|mio|mia|un nostro|una nostra|nostro",
    asks=(
        r"(?:voglio|vorrei|preferisco|preferirei|desidero|gradirei|mi piacerebbe|pretendo) che {who}(?: "
        r"\w+)? (?:mi|si)",
        r"(?:puo|potrebbe|puoi|potete|potreste|non puo)(?: \w+)? (?:mettere|mettermi|far|farmi|passarmi|"
        r"trasferirmi|indirizzarmi|collegarmi)(?: parlare)?(?: in (?:contatto|comunicazione))?(?: con| a| "
        r"al| alla)? ?{who}",
        r"mi (?:puo|potrebbe|puoi|potete) (?:mettere in (?:contatto|comunicazione)|trasferire|collegare|"
        r"indirizzare)(?: con| a| al| alla| all')? ?{who}",
        rf"{_WANT}(?: [\\w']+){{0,4}}? (?:discutere|discuterne|trattare|risolvere|vedere|parlarne|"
        rf"chiarire)(?: [\\w']+){{0,3}}? con ?{{who}}",
        rf"(?:posso|potrei) (?:avere|sentire|farmi passare) {{who}}{_FOLLOWS}",
        r"mi (?:faccia|fai) (?:richiamare no|parlare)(?: \w+){0,1}? {who}",
        rf"{_WANT}(?: [\w']+){{0,3}}? {_TALK}(?: \w+){{0,1}}? ?{{who}}",
        rf"{_WANT}(?: [\w']+){{0,3}}? parlare coll?'? ?{{who}}",
        rf"^(?:(?:buongiorno|si|pronto|allora) ){{0,2}}{_TALK} {{who}}",
        r"mi (?:fa|faccia|fate|puo far|farebbe) parlare (?:con|col)? ?{who}|farmi parlare (?:con|col) {who}",
        r"essere (?:mess[oa] in (?:contatto|comunicazione)|trasferit[oa]|collegat[oa])",
        r"mi (?:passi|passa|passate|dia|trovi|chiami) {who}",
        r"(?:puo|potrebbe|puoi|potete|vuole) (?:passarmi|darmi) {who}|mi (?:puo|potrebbe|puoi) (?:passare|"
        r"dare) {who}",
        r"mi (?:metta|mette|metti|mettete|colleghi|collega|trasferisca|trasferisci|connetta)(?: "
        r"\w+){0,2}? (?:in contatto|con|a|al|"
        r"alla|all'\w+|in comunicazione)",
        r"(?:trasferirmi|mettermi in (?:contatto|comunicazione)|collegarmi|passarmi)(?: [\w']+){0,1}? "
        r"(?:con|a|al|alla|{who})",
        rf"(?:voglio|vorrei|preferisco|preferirei|bisogno di|mi serve|desidero|pretendo) {{who}}{_FOLLOWS}",
        r"(?:c'e|ci sono|avete|non c'e)(?: (?:da voi|li|anche|forse))? {who}(?: [\w']+){0,3}? (?:parlare|"
        r"possa|posso|disponibile|parli)"
        r"|(?:c'e|avete)(?: li| anche)? (?:un operatore|un'operatrice|una persona vera|un umano|un essere "
        r"umano)$",
    ),
    bare=(
        r"con|per|favore|piacere|adesso|ora|subito|no|si|pronto|buongiorno|grazie|solo|voglio|vorrei|un|"
        r"una|prego"
    ),
    mentions=r"devo parlare con \w+ per|lei e|parlo con|sto parlando|voleva|ho (?:gia )?parlato",
    nots=r"non|nessuno|nessun|nessuna|mai|senza|ne|invece di|piuttosto che",
    turns=r"ma|solo|bensi|invece|mi passi",
    asking=r"perche non|non posso parlare|non c'e|non avete|non potrei|non si puo parlare",
    refuses=(
        r"lasci (?:stare|perdere)|lasciamo stare",
        r"non mi (?:passi|metta|trasferisca|colleghi|passare)",
        r"non (?:voglio|ho bisogno|mi serve|desidero|serve)(?: [\w']+){0,3}? (?:{who}|nessuno)|senza {who}",
    ),
    no=r"no|nah|non",
    noes=(
        r"non serve|continuare con lei|andare avanti con lei|per (?:ora|adesso|il momento) no|non c'e "
        r"bisogno|non (?:e )?necessario|va bene cosi|piu tardi|non adesso|non ora|adesso no|lasci "
        r"(?:stare|perdere)|"
        r"faccio da solo|un'altra volta|meglio di no|non importa|magari dopo|a posto cosi|non occorre"
    ),
    yes=(
        r"si|certo|certamente|va bene|ok|okay|d'accordo|volentieri|grazie si|prego|per favore$|perfetto|"
        r"benissimo|sicuro|"
        r"faccia pure|come no|sarebbe|ottimo|senz'altro|assolutamente|esatto|magari$"
    ),
    handoffs=(
        r"(?:provo|provero|cerco|tento|vado|vedo) (?:a|di) (?:contattare|rintracciare|trovare|chiamare|"
        r"raggiungere|sentire) {who}",
        r"(?:contatto|rintraccio|chiamo) {who} (?:per lei|subito|ora)|(?:la|ti|lo) (?:lascio|affido) "
        r"(?:con|a|al|alla) ?{who}",
        r"(?:chiedo|chiedero|chiedere)(?: [\w']+)? ?{who} (?:di|se) (?:unirsi|prendere|rispondere|parlare|"
        r"venire|intervenire)",
        r"(?:la|ti) (?:indirizzo|inoltro|rimando|giro)(?: [\w']+){0,2}? (?:a|al|alla|all'\w+|verso)",
        r"(?:le|ti) (?:passo|passero|passi|do)(?: subito| ora| adesso)? {who}",
        r"(?:passarle|passarti|passandole)(?: subito| ora)? {who}",
        r"(?:la|ti|lo) (?:metto|mettero|metta|mette)(?: [\w']+){0,2}? in (?:contatto|comunicazione|linea|"
        r"collegamento)",
        r"(?:metterla|metterti|metterlo|mettendola) in (?:contatto|comunicazione|linea|collegamento)",
        r"(?:la|ti|lo) (?:trasferisco|trasferiro|trasferisca|collego|collegheo|colleghi|connetto)(?! la "
        r"chiave)",
        r"(?:trasferirla|trasferirti|collegarla|connetterla|trasferendola)",
        r"(?:trasferendo|trasferisco|passo|trasferire|passando|inoltro|trasferiro) (?:la sua|la tua|la|"
        r"questa) (?:chiamata|telefonata)",
        r"(?:la|ti|lo) (?:passo|passero|indirizzo|rimando|giro)(?: subito| ora)? (?:a|al|alla|all'|con)? "
        r"?{who}",
        r"(?:cerco|chiamo|trovo)(?: \w+){0,1}? {who} che possa|(?:inoltro|giro) la (?:chiamata|telefonata)",
        r"(?:chiamo|cerco|faccio venire|vado a cercare|vado a chiamare) {who}(?= per lei| subito| adesso| "
        r"che|$)",
        r"{who}(?: [\w']+){0,2}? (?:le|ti) (?:rispondera|risponde|sara|dara)(?: [\w']+){0,4}?(?: attimo| "
        r"subito| momento| breve| ora| linea)",
        r"{who}(?: [\w']+){0,1}? (?:prendera|prende) (?:la sua|la) (?:chiamata|telefonata)|{who} si unira|"
        r"arriva {who}",
        r"(?:sara|verra|viene) (?:trasferit[oa]|mess[oa] in (?:contatto|comunicazione)|collegat[oa])",
        r"(?:vedo|controllo|verifico|guardo) (?:chi|se)(?: [\w']+){0,3} (?:libero|disponibile)",
    ),
    talks=(
        r"(?:parlarne|discuterne|trattarne|vederlo|chiarirlo) con {who}",
        r"essere (?:mess[oa] in|trasferit[oa]|collegat[oa])|che {who} (?:la|ti|le) (?:aiuti|parli|risponda)",
        r"parlare(?: \w+){0,1}? (?:con|col|al|a)? ?{who}",
        r"(?:preferisce|vuole|desidera) {who}$",
    ),
    perhaps=(
        r"se (?:vuole|preferisce|desidera|lo|le|vuoi|serve)|posso|potrei|possiamo|vuole che|desidera|"
        r"preferisce|vuoi che|"
        r"le piacerebbe|quando vuole|vuole"
    ),
    ifs=r"se|quando",
    questions=r"vuole|desidera|preferisce|posso|vuoi|le piacerebbe|devo|va bene se|gradisce",
    agreed=r"va bene|le va|e d'accordo|d'accordo|ok|okay|le sta bene",
    stays=(
        r"non ci sono {who}|(?:nessuno|nessun {who})(?: [\w']+){0,3}? (?:disponibile|libero)|non c'e "
        r"nessuno|nessuno e",
        r"(?:continuo|continuero|proseguo|vado avanti)(?: [\w']+){0,2}? (?:aiutarla|ad aiutarla|aiutarti|"
        r"ad aiutarti)|"
        r"(?:la|ti) (?:aiuto|aiutero) io|aiutarla io|(?:continuo|proseguo|resto) io|(?:restiamo|"
        r"continuiamo|andiamo avanti) noi|resto con lei",
    ),
    later=(
        r"domani|dopodomani|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|mail|posta|"
        r"richiam\w*|settimana|mandera|da lei"
    ),
    idle=r"non riagganci|non si preoccupi|nessun problema|non metta giu|non c'e problema",
    leaves=(
        r"non (?:voglio|posso|vorrei|intendo) (?:piu )?(?:aspettare|attendere)(?: piu| ancora| oltre| qui)*$",
        r"(?:mi tolga|toglimi|togliermi|uscire|uscir) (?:dalla|di) (?:fila|coda)|lasciare la (?:fila|coda)",
        r"(?:stanco|stanca|stufo|stufa) di aspettare$",
    ),
)
