"""Spanish."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_PERSON = (
    r"persona|humano|humana|ser humano|alguien|agente|operador|operadora|representante|companer[oa]|"
    r"colega|encargad[oa]|"
    r"gerente|jef[ea]|supervisora?|responsable|director|directora|asesora?|recepcionista|asistente|"
    r"tecnic[oa]|"
    r"especialista|expert[oa]|comercial|emplead[oa]|teleoperadora?"
)
_OFFICE = (
    r"atencion al cliente|servicio (?:al cliente|tecnico|de \w+)|ventas|facturacion|contabilidad|"
    r"soporte(?: tecnico)?|"
    r"recepcion|centralita|departamento(?: de \w+| \w+)?|administracion|equipo|reclamaciones"
)
_WHO = (
    r"(?:(?:una?|el|la|los|las|su|sus|tu|vuestr[oa]|nuestr[oa]|algun|alguna|otr[oa]|del|de|con|al|a|"
    r"un miembro|"
    r"ningun|ninguna) ){0,3}"
    r"(?:(?:verdader[oa]|buen|autentic[oa]) ){0,1}"
    rf"(?:(?:{_PERSON})s?|{_OFFICE})(?: (?:real|humano|humana|de verdad|de carne y hueso))?(?!\w)"
)
_TALK = r"(?:hablar|comunicarme|platicar|conversar|contactar|tratar)(?: \w+){0,1}? (?:con|a)"
_WANT = (
    r"(?:quiero|quisiera|queria|puedo|podria|puede|necesito|me gustaria|prefiero|preferiria|deseo|"
    r"quien|donde|hay|como|"
    r"(?:es|seria) posible|dejeme|dejame|tengo que|se puede|por favor|ganas de|solicito|exijo)"
)
_FOLLOWS = r"(?= por favor| ahora| ya| al telefono| en linea| gracias| que me (?:ayude|atienda)| con quien|$)"
_ME = (
    r"(?:pase|pasa|comunique|comunica|conecte|conecta|transfiera|transfiere|ponga|pon|derive|deriva|"
    r"pongan|pasen|pasas|comunicas|conectas|transfieres|pones|transfieran|comuniquen)"
)

GRAMMAR = Grammar(
    code="es",
    marks=(
        "se este pero tambien sobre sin todo "
        "un a al uno el la los las un una unos yo usted le me lo su sus mi tu de del con por para en y o "
        "que no si es esta estoy soy son "
        "hay quiero quisiera puedo puede puedes podria necesito hablar alguien persona favor gracias "
        "hola buenos dias ahora "
        "aqui cuando cuanto como donde muy bien pero porque paseme pase paso pongame pongo comuniqueme "
        "transfiera le voy va "
        "ya solo digame gustaria prefiero ayer he ha tengo tiene quiere si desea equipo enseguida "
        "momento claro vale dejelo deje preocupe seguimos acuerdo bueno transferirle transferir "
        "companero companera llamada cuelgue eso alguno seria posible "
        "puedo entonces yo mismo lo siento nadie al operadora agente"
    ),
    who=_WHO,
    mine=r"mi|un|uno de mis",
    asks=(
        r"(?:quiero|quisiera|necesito|prefiero|preferiria|me gustaria|exijo|solicito) que {who}(?: \w+)? "
        r"(?:me|se|atienda|lleve|tome)",
        rf"{_WANT}(?: \\w+){{0,4}}? (?:tratar|tratarlo|discutir|discutirlo|resolver|resolverlo|hablarlo|"
        rf"ver|verlo|consultar|consultarlo)(?: \\w+){{0,3}}? con {{who}}",
        r"no hay nadie(?: \w+){0,2}? (?:con quien|que)(?: \w+){0,3}? (?:hablar|atienda|atender)",
        r"(?:ponerme|pasarme|dejarme|ponganme|pongame)(?: \w+){0,2}? en (?:contacto|comunicacion|linea)",
        r"(?:puede|podria|puedes|podrias|quiere)(?: \w+){0,1}? (?:pasarme|comunicarme|transferirme|"
        r"conectarme|ponerme)(?: \w+){0,2}? {who}",
        r"(?:hay|tienen|tienes)(?: \w+){0,2}? {who}(?: \w+){0,2}? (?:con quien|que me (?:atienda|ayude))|"
        r"con quien(?: \w+){0,2} hablar",
        rf"{_WANT}(?: \w+){{0,4}}? {_TALK}(?: \w+){{0,1}}? ?{{who}}",
        rf"^(?:(?:hola|si|bueno|por favor) ){{0,2}}{_TALK} {{who}}",
        rf"(?:{_ME}me|me {_ME}) (?:por favor )?(?:con|a|al|en contacto con) {{who}}",
        rf"(?:{_ME}me) con (?!el precio)\w+",
        r"(?:puede|podria|puedes|podrias)(?: por favor)? (?:pasarme|comunicarme|transferirme|conectarme|"
        r"ponerme) (?:con|a|al|en)",
        r"que me (?:pase|pasen|transfiera|transfieran|comunique|comuniquen|ponga|pongan) (?:con|a|al)",
        rf"que me (?:atienda|ayude|responda|hable)(?: \w+){{0,1}}? {{who}}{_FOLLOWS}",
        rf"(?:quiero|quisiera|necesito|prefiero|deme|exijo|busqueme|traigame) (?:a )?{{who}}{_FOLLOWS}",
        r"(?:hay|tienen|tienes|no hay|no tienen) (?:ahi )?{who}(?: \w+){0,3}? (?:hablar|pueda hablar|"
        r"atender|atenderme|ahi|disponible)",
    ),
    bare=r"por|favor|ahora|ya|no|si|hola|solo|gracias|quiero|quisiera|eh|bueno|un|una|con",
    mentions=(
        r"tengo que hablar con alguien para|es usted|hablo con|hable con|queria hablar con .* ayer|"
        r"(?:companer|jef|espos)\w+ queria"
    ),
    nots=r"no|nunca|ni|sin|nadie|ningun|ninguna|jamas|en vez de|en lugar de|tampoco",
    turns=r"sino|pero|solo|mejor|prefiero|paseme|pongame",
    asking=r"por que no|no puedo hablar|no hay|no tienen|no podria|no puede pasarme|no me puede pasar",
    refuses=(
        r"olvidelo|dejelo|dejalo",
        r"no (?:hace falta que )?me (?:pase|pasen|ponga|pongan|transfiera|transfieran|comunique|conecte)",
        r"no (?:quiero|necesito|deseo|hace falta)(?: \w+){0,4}? (?:{who}|nadie|que me)|sin {who}|con nadie",
    ),
    no=r"no|nop|nah",
    noes=(
        r"no hace falta|seguir con usted|continuar con usted|por ahora no|de momento no|por el momento no|"
        r"no es necesario|ahora no|todavia no|luego|mas tarde|quizas? (?:luego|despues)|dejelo|dejalo|no "
        r"se moleste|"
        r"olvidelo|mejor no|otro dia|en otro momento|no gracias|asi esta bien|no quiero"
    ),
    yes=(
        r"si|claro|vale|ok|okay|de acuerdo|por supuesto|adelante|bueno|perfecto|por favor$|por favor si|"
        r"me parece bien|"
        r"estupendo|genial|desde luego|como no|esta bien|muy bien|hagalo|hazlo|encantad[oa]|eso estaria"
    ),
    handoffs=(
        r"(?:intento|intentare|intentar|trato de|voy a)(?: \w+)? ?(?:localizar|contactar|encontrar|llamar|"
        r"avisar|buscar)(?: con)?(?: a)? {who}",
        r"(?:localizo|contacto con|llamo a|aviso a) {who}(?: para usted| ahora| enseguida)|(?:le|te|la|"
        r"lo) dejo con {who}|dejarle con {who}",
        r"(?:pido|pedire|pedir|pedirle) a {who} que (?:le|te|se|atienda|tome|coja)",
        r"(?:comunicarle|transferirle|ponerle|pasarle)(?: \w+){0,2}? (?:con|a|al)",
        r"(?:le|te|lo|la|os|les) (?:paso|pongo|comunico|transfiero|conecto|derivo|paso ahora)(?: "
        r"\w+){0,2}? (?:con|a|al|en contacto)(?! la lista)",
        r"(?:le|te|lo|la) (?:transfiero|comunico|conecto|derivo)(?= ahora| ya| enseguida| de inmediato|$)",
        r"(?:le|te|lo|la) (?:pase|ponga|comunique|transfiera|conecte|derive)(?: \w+){0,2}? (?:con|a|al|en "
        r"contacto)",
        r"(?:pasar|poner|comunicar|transferir|conectar|derivar|pasando|poniendo|comunicando|transfiriendo|"
        r"conectando)(?:le|te|lo|la)"
        r"(?: \w+){0,2}? (?:con|a|al|en contacto|ahora)",
        r"(?:transfiero|transferir|paso|pasar|transfiriendo|desvio|pasando) (?:su|la|tu|esta) llamada",
        r"(?:busco|buscar|llamo|llamar|aviso|avisar|traigo) a {who}(?= para usted| ahora| enseguida| del "
        r"equipo| que (?:le|te)|$)",
        r"{who}(?: \w+){0,3}? (?:le|te) (?:atendera|atiende|va a atender|ayudara (?:enseguida|ahora))",
        r"{who}(?: \w+){0,2}? (?:tomara|cogera|atendera) (?:su|la) llamada|{who} se (?:unira|pondra al)",
        r"(?:sera|esta siendo|va a ser) (?:transferid[oa]|conectad[oa]|comunicad[oa]|atendid[oa] por {who})",
        r"(?:ver|miro|compruebo|consulto) (?:quien|si)(?: \w+){0,3} (?:libre|disponible)",
    ),
    talks=(
        r"(?:tratarlo|discutirlo|verlo|hablarlo|consultarlo|resolverlo|seguir) con {who}",
        r"que (?:le |te )?(?:atienda|ayude|hable)(?: con usted)? {who}|que {who} (?:le|te) (?:atienda|"
        r"ayude)|ser (?:transferid|atendid)[oa]",
        r"hablar(?: \w+){0,1}? (?:con|a) {who}",
        r"(?:prefiere|quiere|desea) (?:a )?{who}$|que (?:le|te) atienda {who}",
    ),
    perhaps=(
        r"si (?:quiere|lo|usted|prefiere|desea|quieres|le|te|necesita)|puedo|podria|podemos|quiere que|"
        r"desea|le gustaria|"
        r"prefiere|quieres|cuando quiera|si hace falta|necesita hablar"
    ),
    ifs=r"si (?!claro)|cuando",
    questions=r"quiere|desea|le gustaria|prefiere|puedo|quieres|te gustaria|le parece|necesita",
    agreed=r"le parece|esta bien|de acuerdo|vale|le va bien|le importa|ok",
    stays=(
        r"(?:no hay|nadie|ningun|no tenemos)(?: \w+){0,4}? (?:disponible|libre|nadie|a nadie)|nadie "
        r"(?:esta )?(?:disponible|libre)",
        r"(?:sigo|seguire|continuo|seguir) (?:ayudandole|ayudandote|atendiendole)|(?:le|te) (?:ayudo|"
        r"ayudare|atiendo) yo|yo mism[oa]|(?:seguimos|continuamos)(?: \w+)?",
    ),
    later=(
        r"manana|luego|mas tarde|lunes|martes|miercoles|jueves|viernes|sabado|domingo|correo|mail|llamara|"
        r"devolvera|por su casa|enviara|semana"
    ),
    idle=r"no cuelgue|no se preocupe|no hay problema|no se retire|sin problema",
    leaves=(
        r"no (?:quiero|puedo|voy a|deseo) (?:seguir )?(?:esperar|esperando|aguardar)(?: mas"
        r"(?: tiempo)?| aqui)*$",
        r"(?:saqueme|sacame|quiteme|quitame|salir|salirme) de la (?:cola|fila)|dejar la (?:cola|fila)",
        r"(?:cansad[oa]|hart[oa]) de esperar$",
    ),
)
