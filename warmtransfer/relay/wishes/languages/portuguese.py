"""Portuguese, of Portugal and Brazil."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_PERSON = (
    r"pessoa|humano|humana|ser humano|alguem|atendente|operador|operadora|assistente|colega|gerente|"
    r"chefe|supervisora?|"
    r"responsavel|diretora?|agente|representante|rececionista|recepcionista|tecnic[oa]|especialista|"
    r"consultora?|"
    r"funcionari[oa]|encarregad[oa]|vendedora?|gestora?"
)
_OFFICE = (
    r"apoio(?: ao cliente| tecnico)?|suporte(?: tecnico)?|vendas|contabilidade|faturacao|faturamento|"
    r"financeiro|atendimento"
    r"(?: ao cliente| humano)?|rececao|recepcao|setor(?: de \w+)?|departamento(?: de \w+| \w+)?|"
    r"servico (?:de|ao) \w+|equipe|equipa|central"
)
_WHO = (
    r"(?:(?:uma?|o|a|os|as|ao|aos|seu|sua|vosso|vossa|nosso|nossa|algum|alguma|outro|outra|um dos|do|"
    r"da|de|com|para|pro|pra|"
    r"nenhum|nenhuma) ){0,3}"
    r"(?:(?:verdadeir[oa]|outr[oa]) ){0,1}"
    rf"(?:(?:{_PERSON})s?|{_OFFICE})(?: (?:real|humano|humana|de verdade|de carne e osso))?(?: seu)?(?!\w)"
)
_TALK = r"(?:falar|conversar|contactar|comunicar|tratar)(?: \w+){0,1}? (?:com|ao)"
_WANT = (
    r"(?:quero|queria|quer|posso|poderia|podia|pode|preciso|gostaria|gostava|prefiro|preferia|desejo|"
    r"quem|tem|ha|como|(?:e|seria) possivel|"
    r"deixe me|me deixa|tenho que|tenho de|da para|dava para|consigo|eu possa)"
)
_FOLLOWS = (
    r"(?= por favor| se faz favor| agora| ja| ao telefone| na linha| obrigad[oa]| que me (?:ajude|"
    r"atenda)| com quem|$)"
)
_MOVE = (
    r"(?:transfira|transfere|transferir|passe|passa|passar|ponha|poe|coloque|coloca|conecte|conecta|"
    r"ligue|liga|encaminhe|encaminha)"
)

GRAMMAR = Grammar(
    code="pt",
    marks=(
        "este isto tambem sem sobre mais tudo "
        "o a os as um uma eu voce me lhe lo seu sua meu minha vosso vossa de do da dos com por para pro "
        "pra em no na e ou que "
        "nao sim esta estou sou sao tem ha quero queria posso pode preciso falar alguem pessoa favor faz "
        "obrigado obrigada "
        "ola bom dia agora ja quando quanto como onde muito bem mas porque passe passo transfira "
        "transferir vou ao atendente "
        "gostaria prefiro ontem deu eu mesmo entao quer deseja se setor aguarde linha atender colega "
        "chamada uns so ninguem "
        "continuamos nos dois tudo certo transfiro deixe estar desculpe infelizmente consigo seus"
    ),
    who=_WHO,
    mine=r"o meu|a minha|meu|minha|um dos meus",
    asks=(
        r"(?:quero|queria|preciso|prefiro|gostaria|gostava|exijo|preferia)(?: de)? que {who}(?: \w+)? "
        r"(?:me|se|trate|resolva)",
        rf"{_WANT}(?: \\w+){{0,4}}? (?:tratar|discutir|resolver|ver|esclarecer)(?: \\w+){{0,3}}? com {{who}}",
        r"(?:por|ponha|colocar|coloque|meter|meta)(?: me)? em contac?to com {who}|nao ha ninguem com quem",
        r"me (?:colocar|coloque|coloca|por|ponha|passar|transferir|ligar)(?: \w+){0,1}? (?:em contac?to|"
        r"para|com|ao|a) ?(?:com )?{who}",
        r"(?:que|se) me (?:passasse|transferisse|pusesse|colocasse|ligasse)(?:m)?(?: \w+){0,1}? {who}",
        rf"{_WANT}(?: \w+){{0,3}}? {_TALK}(?: \w+){{0,1}}? ?{{who}}",
        rf"^(?:(?:ola|oi|sim|bom dia) ){{0,2}}{_TALK} {{who}}",
        rf"(?:me {_MOVE}|{_MOVE} me) (?:por favor )?(?:para|pra|pro|ao|a|com|em contacto com|em contato "
        rf"com|direto) ?{{who}}",
        rf"(?:me {_MOVE}|{_MOVE} me) (?:em contac?to|para um|com um|com uma|para uma)",
        rf"(?:quero|queria|preciso de|preciso|prefiro|exijo|gostaria de|gostava de|me da|chame|chama) "
        rf"{{who}}{_FOLLOWS}",
        r"que me (?:passem|passe|transfiram|transfira|ponham|coloquem|liguem) (?:a|ao|para|com|em) ?{who}",
        r"que {who} me (?:atenda|ajude)|ser (?:transferid[oa]|encaminhad[oa])",
        r"ser atendid[oa] por {who}|que {who} me atenda|que me atenda {who}",
        r"(?:tem|ha|nao tem|nao ha)(?: ai)? {who}(?: \w+){0,4}? ?(?:falar|fale|ai|disponivel|atender)",
    ),
    bare=r"com|por|favor|se|faz|agora|ja|nao|sim|ola|oi|so|obrigado|obrigada|quero|queria|um|uma",
    mentions=(
        r"tenho (?:de|que) falar com \w+ para|voce e|falei|estou a falar|estou falando|(?:colega|chefe|"
        r"mulher|marido) queria"
    ),
    nots=r"nao|nunca|nem|sem|ninguem|nenhum|nenhuma|jamais|em vez de|ao inves de",
    turns=r"mas|so|apenas|e sim|prefiro|me passa|passe me",
    asking=(
        r"por que nao|porque nao posso|nao posso falar|nao tem|nao ha|nao ha ninguem com quem|nao da para "
        r"falar|sera que nao"
    ),
    refuses=(
        r"esqueca|deixa (?:pra la|estar)|deixe estar",
        rf"nao (?:precisa |quero que |e preciso )?(?:de )?(?:me )?{_MOVE}(?: me)?",
        r"nao (?:quero|preciso|desejo|precisa)(?: \w+){0,4}? (?:{who}|ninguem)|sem {who}|com ninguem",
    ),
    no=r"nao|nop|na",
    noes=(
        r"continuar (?:consigo|com voce)|por enquanto nao|por agora nao|nao (?:e preciso|e necessario|"
        r"precisa|ha necessidade)|agora nao|ainda nao|mais tarde|talvez depois|deixe estar|deixa (?:estar|"
        r"pra la)|"
        r"esqueca|melhor nao|outra hora|outro dia|nao obrigad[oa]|nao quero"
    ),
    yes=(
        r"sim|claro|pode ser|pode$|pode sim|esta bem|ta bom|ok|okay|de acordo|com certeza|por favor$|se "
        r"faz favor$|perfeito|otimo|combinado|"
        r"quero(?: sim)?$|vamos|com todo gosto|agradecia|isso|seria (?:otimo|bom|optimo)|tudo bem|boa "
        r"ideia|faca"
    ),
    handoffs=(
        r"(?:o|a|te|lhe|voce) (?:transfira|passe|conecte|encaminhe|coloque|ponha)(?: \w+)? "
        r"(?:para|ao|a|com|em)",
        r"(?:tentar|tento|tentando|vou|a tentar)(?: \w+)? ?(?:contactar|contatar|localizar|chamar|"
        r"encontrar|achar) {who}",
        r"(?:contacto|chamo|localizo) {who}(?: para si| agora| ja)|deixo (?:o|a|te|voce) com {who}|(?:o|"
        r"a) deixo com {who}",
        r"(?:chamando|a chamar|buscando) {who}",
        r"(?:te|lhe) (?:transferir|transfiro|passar|passo|conectar|encaminhar)(?: \w+){0,2}? (?:para|ao|a|"
        r"com)",
        r"(?:peco|pedir|pedindo) a {who} (?:que|para) (?:assuma|atenda|fale|entre|se junte|atender|assumir)",
        r"(?:passar|transferir|encaminhar|desviar|passando|transferindo|transfiro|passo|encaminho|"
        r"encaminhando) (?:a|a sua|sua|esta) (?:chamada|ligacao)",
        r"(?:transferir|passar|encaminhar|conectar|colocar|por|ligar|transferi|passa|encaminha|conecta|"
        r"coloca|liga|po)(?: )?(?:lo|la|te|voce|o senhor"
        r"|a senhora)(?: \w+){0,2}? (?:para|ao|a|com|em contac?to)(?! lista)",
        r"(?:transferindo|passando|encaminhando|conectando|colocando|transfiro|transfira|passo|passe|"
        r"conecto|conecte|encaminho|encaminhe|coloco)"
        r" (?:voce|o senhor|a senhora)(?: \w+){0,2}? (?:para|ao|a|com|em)",
        r"(?:estou a|vou) (?:transferi|passa|coloca|liga) ?(?:lo|la)(?: \w+){0,2}? (?:para|ao|a|com|em "
        r"contac?to)(?! lista)",
        r"(?:vou|estou a|ja)(?: \w+)? (?:passar|transferir|passo|transfiro)(?: lhe)? (?:para |pra |a |ao "
        r")?{who}",
        r"(?:transferir|transfiro|passo|passar|ligo|o transfiro|a transfiro)(?: lhe)? (?:agora|ja|para "
        r"{who}|a {who}|{who})",
        r"(?:chamar|chamo|chame|buscar|procurar)(?: \w+)? {who}(?= para| agora| ja| que|$)",
        r"{who}(?: \w+){0,2}? (?:ja )?(?:vai|ira) (?:\w+ )?(?:atender|atende|assumir|falar consigo|falar "
        r"com voce|juntar)",
        r"(?:sera|esta a ser|esta sendo|vai ser) (?:transferid[oa]|encaminhad[oa]|atendid[oa])",
        r"(?:ver|vejo|verifico|verificar) (?:quem|se)(?: \w+){0,3} (?:livre|disponivel)",
    ),
    talks=(
        r"(?:tratar|discutir|resolver|ver)(?: \w+){0,2}? com {who}",
        r"ser (?:atendid[oa]|transferid[oa]|encaminhad[oa])|que {who} (?:o|a|te|lhe) (?:ajude|atenda)",
        r"falar(?: \w+){0,1}? com {who}",
        r"(?:prefere|quer|deseja) {who}$|ser atendid[oa] por {who}",
    ),
    perhaps=(
        r"se (?:quiser|preferir|desejar|o|precisar|for)|posso|poderia|podemos|quer que|deseja|gostaria|"
        r"prefere|quando quiser|caso"
    ),
    ifs=r"se(?! faz)|caso|quando",
    questions=r"quer|deseja|gostaria|prefere|posso|voce quer|devo|pode ser|precisa",
    agreed=r"pode ser|esta bem|tudo bem|ok|concorda|de acordo|ta bom|certo",
    stays=(
        r"(?:nao ha|ninguem|nenhum|nao temos)(?: \w+){0,4}? (?:disponivel|livre|ninguem)|ninguem (?:esta "
        r")?(?:disponivel|livre)",
        r"(?:continuo|vou continuar|continuarei|sigo)(?: \w+){0,2}? ?(?:ajudar|ajudando|ajuda lo|ajuda "
        r"la)|eu mesm[oa]|(?:continuamos|seguimos)(?: \w+)?|nao (?:transfiro|passo|o transfiro)|fico "
        r"consigo",
    ),
    later=(
        r"amanha|depois|segunda|terca|quarta|quinta|sexta|sabado|domingo|mail|ligar lhe|retorna|retornara|"
        r"semana|em sua casa|enviar"
    ),
    idle=r"nao desligue|nao se preocupe|sem problema|nao ha problema",
    leaves=(
        r"nao (?:quero|posso|vou|desejo) (?:mais )?(?:esperar|aguardar|ficar esperando)(?: mais"
        r"(?: tempo)?| aqui)*$",
        r"(?:me tire|tire me|tira me|sair|quero sair) da fila|deixar a fila",
        r"cansad[oa] de esperar$",
    ),
)
