"""French."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_PERSON = (
    r"humain|humaine|etre humain|personne|gens|quelqu ?'?un|quelqu'une|conseiller|conseillere|agent|"
    r"agente|operateur|"
    r"operatrice|collegue|responsable|directeur|directrice|superviseur|manager|chef|standardiste|"
    r"receptionniste|"
    r"representant|representante|technicien|technicienne|specialiste|expert|interlocuteur|employe|"
    r"patron|superieur|"
    r"commercial|membre de l'equipe"
)
_OFFICE = (
    r"service (?:clients?|commercial|technique|apres vente|comptable|facturation|\w+)|standard|accueil|"
    r"l'accueil|comptabilite|reception|support|sav|ventes|secretariat|equipe|l'equipe"
)
_WHO = (
    r"(?:(?:une?|le|la|les|des|du|de|d'une?|votre|vos|notre|nos|a|au|aux|un de (?:vos|nos|mes)|une de "
    r"(?:vos|nos|mes)|"
    r"l'un de) ){0,3}(?:l'|d')?"
    r"(?:(?:vraie?|vrais|veritable|autre|reelle?|bon|vivante?) ){0,2}"
    rf"(?:(?:{_PERSON})s?|{_OFFICE})(?: (?:humaine?|reelle?|vivante?|physique))?(?!['\w])"
)
_TALK = r"(?:parler|discuter|m'entretenir|echanger|s'entretenir|communiquer)(?: \w+){0,2}? (?:a|avec|au|aux)"
_WANT = (
    r"(?:je (?:veux|voudrais|souhaite|souhaiterais|peux|pourrais|desire|prefere|prefererais|dois|"
    r"vais)|j'aimerais|jaimerais|"
    r"puis je|pourrais je|peux je|peut on|possible de|besoin de|on peut|que je|il faut|laissez moi|"
    r"envie de|comment|je (?:ne )?peux pas)"
)
_FOLLOWS = (
    r"(?= s'il| svp| maintenant| tout de suite| au (?:telephone|bout du fil)| en ligne| merci| qui "
    r"(?:peut|puisse) m'aider| a qui|$)"
)

GRAMMAR = Grammar(
    code="fr",
    marks=(
        "se cette mais aussi tres sans avant apres "
        "je j'ai j'aimerais vous tu nous le la les un une des du de d'un d'une l' et ou est ce c'est ne "
        "pas n'est ai avez "
        "suis a au aux avec pour dans sur qui que qu'est quoi quand comment combien votre vos notre mon "
        "ma mes moi oui non "
        "merci bonjour s'il plait veux voudrais peux pouvez puis parler quelqu'un personne conseiller "
        "passez passe mettre "
        "mets relation transfere transferer ici y il elle en plus tout suite instant bien si dois "
        "d'accord voulez souhaitez "
        "besoin pourquoi me m'a on sont etre jamais dites donc alors collegue"
    ),
    who=_WHO,
    mine=r"mon|ma|un de mes|une de mes|notre",
    asks=(
        r"(?:je (?:veux|voudrais|souhaite|souhaiterais|prefere|prefererais|demande)|j'aimerais|il faut) "
        r"?(?:que |qu')(?:ce soit )?{who}(?: [\w']+){0,2}? (?:m'|me |s'occupe|prenne|reponde|aide|traite|"
        r"rappelle|puisse)",
        r"(?:pouvez|peux|pourriez|pouvez vous|vous pouvez|est ce que vous pouvez|veuillez)(?: "
        r"[\w']+){0,2}? (?:m'orienter|me diriger|m'envoyer|me renvoyer|me rediriger|m'adresser|me "
        r"connecter|me mettre)(?: [\w']+){0,3}? (?:vers|a|avec|sur) ?{who}",
        r"(?:passez|passe|donnez|trouvez|amenez) moi {who}(?: de \w+| d'autre)$",
        rf"{_WANT}(?: [\\w']+){{0,4}}? (?:voir|traiter|regler|en discuter|en parler|parler|discuter|"
        rf"joindre|contacter)(?: [\\w']+){{0,3}}? (?:avec|a)? ?{{who}}",
        r"(?:il n'y a pas|y a pas|n'y a t il pas|vous n'avez pas|vous avez|avez vous)(?: \w+){0,1}? "
        r"{who}(?: chez vous| a qui| qui (?:peut|pourrait) m'aider| la)",
        r"(?:pouvez vous|vous pouvez|pourriez vous|vous pourriez|tu peux)(?: [\w']+){0,2}? me (?:mettre "
        r"en|passer {who}|transferer|basculer|rediriger|connecter)",
        rf"(?:que )?{_WANT}(?: [\w']+){{0,3}}? {_TALK}(?: [\w']+){{0,2}}? ?{{who}}",
        rf"^(?:(?:bonjour|oui|alors|euh) ){{0,2}}{_TALK} {{who}}",
        rf"(?:passez|passe|donnez|donne|trouvez|amenez) moi {{who}}{_FOLLOWS}",
        r"(?:pouvez vous|vous pouvez|tu peux|pourriez vous|vous pourriez) me passer {who}",
        r"(?:transferez|transfere|mettez|mets|basculez|redirigez|connectez|branchez) moi(?: [\w']+){0,3}? "
        r"(?:a|au|aux|avec|vers|en "
        r"relation|en contact|en ligne)(?! jour)",
        r"(?:me|m')(?: )?(?:transferer|mettre en (?:relation|contact|ligne|communication)|rediriger|"
        r"connecter)",
        r"(?:qu'on|que vous|qu'il) me (?:passe|passiez|transfere|transferiez|mette|mettiez) ?(?:{who}|en "
        r"relation|en contact|a|au)",
        r"{who}(?: [\w']+){0,2}? (?:a|avec) qui (?:parler|je (?:peux|puisse|pourrais))",
        r"que je (?:parle|discute) (?:a|avec|au) ?{who}",
        r"etre (?:mise? en (?:relation|contact|communication)|transferee?)",
        rf"(?:avoir|je veux|je voudrais|j'aimerais|il me faut|j'ai besoin d'|je prefere|je demande|"
        rf"j'exige) ?{{who}}{_FOLLOWS}",
        r"(?:y a t il|il y a|est ce qu'il y a|vous avez|avez vous) (?:[\w']+ ){0,2}?{who}(?: "
        r"[\w']+){0,3}? (?:parler|repondre)",
    ),
    bare=(
        r"avec|s'il|vous|plait|svp|maintenant|juste|non|oui|bonjour|allo|merci|je|veux|voudrais|euh|tout|"
        r"de|suite|un|une"
    ),
    mentions=(
        r"dois je|est ce que je dois|etes vous|est ce que je parle|voulait|faut il|j'ai (?:deja |bien "
        r")?(?:eu|parle)"
    ),
    nots=r"ne|n'|n'ai|n'est|pas|jamais|sans|plutot que|aucun|aucune|surtout pas|n'y",
    turns=r"mais|juste|seulement|je veux|je voudrais|passez moi",
    asking=(
        r"pourquoi|est ce que je ne peux|je ne peux pas parler a|on ne peut pas|n'y a t il pas|il n'y a "
        r"pas|y a pas|vous n'avez pas"
    ),
    refuses=(
        r"laissez tomber|oubliez",
        r"(?:ne|n') ?(?:me |m')?(?:transferez|passez|mettez|connectez)(?: moi)? (?:pas|a personne)",
        r"(?:pas|aucun|aucune|sans)(?: [\w']+){0,3}? {who}|(?:pas|ne)(?: [\w']+){0,3}? (?:me transferer|"
        r"m'en passer)",
        r"pas (?:besoin|la peine)",
    ),
    no=r"non|nan|pas",
    noes=(
        r"rester avec vous|continuer avec vous|pour le moment non|pas (?:la peine|besoin|necessaire|pour "
        r"(?:le moment|l'instant)|maintenant|tout de suite)|plus tard|ca ira|ca va aller|laissez tomber|"
        r"laissez|sans facon|une autre fois|je (?:vais )?me debrouille\w*|c'est bon"
    ),
    yes=(
        r"oui|ouais|ok|okay|d'accord|volontiers|avec plaisir|bien sur|je veux bien|allez y|allez|s'il "
        r"vous plait$|ce serait|"
        r"parfait|tout a fait|absolument|entendu|pourquoi pas|tres bien|faites|certainement|bonne idee"
    ),
    handoffs=(
        r"(?:essaie|essaye|tente|vais essayer|vais tenter|vais)(?: de)? (?:joindre|contacter|trouver|"
        r"appeler|chercher) ?{who}",
        r"(?:joins|contacte|appelle) ?{who} (?:pour vous|tout de suite|maintenant)|vous (?:laisse|laisser|"
        r"confie|confier) (?:avec|a) ?{who}",
        r"(?:vous|te) (?:bascule|basculer|oriente|orienter|dirige|diriger|renvoie|renvoyer)(?: "
        r"[\w']+){0,2}? (?:vers|a|au|sur)",
        r"(?:demande|demander)(?: \w+)? ?{who} de (?:prendre|vous|se joindre|nous rejoindre|venir)",
        r"(?:vous|te) (?:passe|passer) ?{who}",
        r"(?:vous|te) (?:transfere|transferer|redirige|rediriger|connecte|connecter)(?!\w)",
        r"(?:vous|te) (?:mets|mettre|met|mettons)(?: \w+){0,3}? en (?:relation|contact|ligne|communication)",
        r"(?:transfere|transferer|bascule|basculer|passe) (?:votre|l'|cet) ?appel",
        r"(?:vais chercher|vais appeler|appelle|vais vous trouver|vous trouve|cherche|chercher|vais "
        r"demander a) {who}(?= pour vous| tout de suite| disponible| libre| "
        r"qui| maintenant|$)",
        r"{who}(?: [\w']+){0,2}? (?:va|vont) (?:[\w']+ )?(?:prendre|repondre|vous repondre|vous prendre|"
        r"prendre le relais|"
        r"vous rejoindre|nous rejoindre)",
        r"{who} (?:vous repond|arrive|prend (?:le relais|votre appel)|est (?:bientot )?a vous)",
        r"vous (?:etes|allez etre|serez) (?:[\w']+ ){0,2}?(?:transferee?|mise? en (?:relation|contact|"
        r"communication)|connectee?)",
        r"(?:regarde|vois|verifie|voir|regarder) (?:qui|si)(?: [\w']+){0,3} (?:est )?(?:libre|disponible)",
    ),
    talks=(
        r"(?:en )?(?:discuter|parler|voir|traiter|regler)(?: [\w']+){0,2}? (?:avec|a) ?{who}",
        r"que {who} vous (?:aide|reponde|parle|prenne)|etre (?:mise? en|transferee?)",
        r"(?:parler|discuter|echanger)(?: \w+){0,1}? (?:a|avec|au|aux) ?{who}",
        r"(?:voulez vous|souhaitez vous|preferez vous) {who}$",
    ),
    perhaps=(
        r"si vous|si tu|je peux|je pourrais|peux je|puis je|voulez vous|souhaitez|voudriez|preferez|dois "
        r"je|aimeriez|"
        r"n'hesitez pas|sur demande|si ca|si cela|faut il"
    ),
    ifs=r"si|n'hesitez",
    questions=(
        r"voulez|souhaitez|voudriez|preferez|dois je|puis je|est ce que|aimeriez|desirez|veux tu|faut il"
    ),
    agreed=r"ca vous (?:va|convient)|d'accord|est ce que|cela vous|ca va|entendu|vous convient",
    stays=(
        r"personne n'est|personne de (?:disponible|libre)|aucune? {who}(?: [\w']+){0,3}? (?:disponible|"
        r"libre)",
        r"(?:continue|continuer|poursuis)(?: [\w']+){0,2}? (?:vous )?aider|vous aide(?:r)? moi|aider moi "
        r"meme|je vous aide|reste avec vous|restons ensemble|on continue|continuons",
    ),
    later=(
        r"rappell\w*|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|mail|courriel|enverra|"
        r"chez vous|repar\w*|semaine prochaine"
    ),
    idle=r"ne quittez pas|ne raccrochez pas|pas de (?:souci|probleme)|ne vous inquietez pas|n'hesitez pas",
    leaves=(
        r"(?:ne |n')?(?:veux|voudrais|peux|souhaite|vais) (?:pas|plus)(?: plus)? (?:attendre|patienter)"
        r"(?: plus longtemps| davantage| ici| en ligne| plus)*$",
        r"(?:sortez|retirez|enlevez) moi de la (?:file|queue)|(?:quitter|sortir de) la (?:file|queue)",
        r"marre d'attendre$|j'arrete d'attendre$",
    ),
)
