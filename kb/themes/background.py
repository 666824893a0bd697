"""What is said of nothing in particular: the background that a passage and a theme are held against.

All cosines of a model of sentences are high (0.8 to 0.9 with the default one): what counts is by how much two texts are
nearer than any two. The background is the same everywhere and for ever, so that the themes of a passage depend neither
on the other documents of a memory nor on the order in which they came in. Written for this purpose.
"""

from __future__ import annotations

PASSAGES = (
    "Merci à tous d’être venus. Nous allons commencer par un tour de table, puis la parole sera à la salle.",
    "Je voudrais revenir sur ce qui vient d’être dit, parce que je ne suis pas tout à fait d’accord avec cela.",
    "Et chez vous, comment cela se passe-t-il ?",
    "Ce n’est pas une question de moyens, c’est une question de volonté. On nous l’a promis, on attend encore.",
    "Le conseil municipal se réunit six fois par an. Les séances sont publiques, le compte rendu est affiché.",
    "La loi fixe un délai de deux ans, que le décret n’a pas encore précisé. Les communes attendent la circulaire.",
    "Recommandation n° 2 : aux départements. Réunir chaque année les communes et publier ce qui est décidé.",
    "Le médecin part à la retraite en juin et personne ne reprend le cabinet. La maison de santé est à vingt minutes.",
    "À l’école, nous avons trois classes à double niveau et une cantine qui sert soixante repas.",
    "Les lycéens ont planté une haie avec leur professeur de sciences. Un sur deux n’avait jamais tenu une bêche.",
    "La crèche ouvre à sept heures, parce que l’usine embauche à la demie. Quarante enfants sont en liste d’attente.",
    "Nos aînés veulent rester chez eux le plus longtemps possible. L’aide à domicile passe un quart d’heure.",
    "Le club de football compte deux cents licenciés, dont soixante filles. Le terrain est inondé tous les hivers.",
    "Le festival réunit douze mille personnes en trois jours. Sans les bénévoles, il n’aurait pas lieu.",
    "La bibliothèque prête des livres, des jeux et des instruments. On y vient aussi pour lire le journal au chaud.",
    "Les éleveurs vendent à perte depuis deux ans. Mon voisin a arrêté les vaches et cherche un repreneur.",
    "La forêt souffre des scolytes. Il a fallu couper les épicéas, et on replante des essences mélangées.",
    "Les pêcheurs ne trouvent plus d’équipage. Le port compte moitié moins de bateaux qu’en 1990.",
    "Les gendarmes passent une fois par semaine. Les vols de matériel agricole ont doublé.",
    "Le tribunal siège deux jours par mois. Il faut attendre quatorze mois pour un divorce.",
    "Les pompiers volontaires sont vingt-six. Le jour, quand chacun est à son travail, il en reste quatre.",
    "L’usine de papier a fermé, et cent vingt familles sont parties. Le site est racheté par un logisticien.",
    "Le préfet a rappelé que la décision appartient à l’État. Les élus ont quitté la salle.",
    "Les élections ont lieu dans un mois. Je ne promettrai rien ce soir, et je vous demande de ne rien promettre.",
    "L’Europe est loin, dit-on. Pourtant la moitié de nos règles viennent de là.",
    "Les jeunes partent à dix-huit ans et reviennent à trente-cinq, quand ils reviennent.",
    "Le centre social accueille trois cents familles. L’épicerie solidaire a doublé ses inscriptions en un an.",
    "Le chercheur a présenté une enquête menée auprès de huit cents habitants. Les résultats viendront au printemps.",
    "Selon l’étude, 62 % des personnes interrogées se disent satisfaites ; elles étaient 48 % cinq ans plus tôt.",
    "Tableau 3. Évolution entre 2010 et 2018, par canton. Lecture : un canton sur trois progresse.",
    "Document remis aux participants. Reproduction autorisée avec mention de la source.",
    "En résumé, trois idées. D’abord écouter, ensuite essayer, enfin dire ce qui n’a pas marché.",
)
"""As people say and write them."""

QUESTIONS = (
    *("santé", "médecin", "école", "université", "enfance", "famille", "retraite", "sport", "musique", "théâtre"),
    *("presse", "religion", "histoire", "langue", "agriculture", "forêt", "mer", "météo", "animaux", "alimentation"),
    *(
        "industrie",
        "assurance",
        "justice",
        "police",
        "armée",
        "élection",
        "Europe",
        "immigration",
        "jeunesse",
        "science",
    ),
)
"""As people ask for them."""
