"""What each picture of the tour shows, in one sentence of each language, in the tour's order."""

from typing import Final

CHAPTERS: Final = {
    "habilitation": ("Habilitation", "Habilitation"),
    "order": ("Commande, clé née dans le navigateur", "Order, with a key born in the browser"),
    "life": ("Preuve, banc d’essai, associations", "Evidence, bench, associations"),
    "machines": ("Automates", "Machine accounts"),
    "end": ("Révocation", "Revocation"),
    "back-office": ("Personnel du guichet", "The counter’s staff"),
}
CAPTIONS: Final = {
    "page-de-garde": (
        "Le représentant légal commence ici sa déclaration, et retrouve ses dossiers.",
        "The legal representative begins a declaration here, and finds earlier ones.",
    ),
    "siret": (
        "Le SIRET suffit : le reste vient du répertoire des entreprises.",
        "The SIRET is enough: the rest comes from the register of companies.",
    ),
    "etablissement": (
        "L’établissement trouvé, tel qu’il sera joint au dossier.",
        "The establishment that was found, as it will go with the application.",
    ),
    "formulaire": (
        "Le formulaire F413, enregistré à mesure, avec ses administrateurs et ses usages.",
        "Form F413, saved as it is filled in, with its administrators and uses.",
    ),
    "merci": (
        "Le dossier est déposé ; l’attestation se télécharge.",
        "The application is deposited; its receipt can be downloaded.",
    ),
    "resume-depose": ("Le dossier, et où il en est.", "The application, and where it stands."),
    "instruction-liste": ("La file de l’instructrice.", "The instructor’s queue."),
    "instruction-dossier": (
        "Le dossier vu par l’instructrice : vérifications, pièces, échanges.",
        "The application as the instructor sees it: checks, papers, messages.",
    ),
    "instruction-correction": (
        "Une correction se demande champ par champ.",
        "A correction is asked field by field.",
    ),
    "correction-demandee": (
        "Le représentant voit ce qui ne va pas, et où.",
        "The representative sees what is wrong, and where.",
    ),
    "correction-faite": ("La correction est faite.", "The correction is made."),
    "messagerie": ("Tout ce qui fut dit reste au dossier.", "All that was said stays in the file."),
    "instruction-accepter": ("L’instructrice accepte.", "The instructor accepts."),
    "instruction-confirmer": (
        "Avant la décision, la page dit exactement ce qui se passera.",
        "Before the decision, the page tells exactly what will happen.",
    ),
    "instruction-accepte": ("Le dossier est accepté.", "The application is accepted."),
    "resume-accepte": (
        "Le représentant l’apprend, avec les droits ouverts.",
        "The representative learns of it, with the rights that were opened.",
    ),
    "structure": (
        "La structure, ses habilitations et qui les tient.",
        "The structure, its rights and who holds them.",
    ),
    "jeanne-demande": (
        "L’administratrice désignée commande aussitôt.",
        "The administrator who was named orders at once.",
    ),
    "jeanne-demande-envoyee": ("Sa demande est partie.", "Her order is on its way."),
    "accueil": ("L’accueil dit ce qui attend.", "The home page tells what awaits."),
    "etape-4": (
        "À la quatrième étape, la clé privée naît dans le navigateur.",
        "At the fourth step the private key is born in the browser.",
    ),
    "cle-prete": (
        "La clé est prête, son fichier de récupération enregistré.",
        "The key is ready, and its recovery file saved.",
    ),
    "demande": (
        "Le certificat est signé : il reste à le retirer.",
        "The certificate is signed: it remains to withdraw it.",
    ),
    "produit": (
        "La page du produit : fichiers, consignes d’installation, échéance, contacts.",
        "The page of the product: files, how to install them, when it ends, contacts.",
    ),
    "pkcs12": (
        "Clé et chaîne réunies en un fichier, sans quitter le navigateur.",
        "Key and chain in one file, without leaving the browser.",
    ),
    "parc": ("Tous les certificats de la structure.", "All the certificates of the structure."),
    "journal": (
        "Ce qui est arrivé à ce certificat, entrée par entrée, dans un journal publié.",
        "What happened to this certificate, entry by entry, in a published journal.",
    ),
    "preuve-tient": (
        "Le dossier de preuve se vérifie hors ligne, dans la page.",
        "The evidence file is verified off line, in the page.",
    ),
    "preuve-refusee": (
        "Un caractère changé, et la preuve est refusée.",
        "One character changed, and the evidence is refused.",
    ),
    "banc-accepte": (
        "Le banc d’essai accepte le certificat, et dit ce qu’il a vu.",
        "The bench accepts the certificate, and tells what it saw.",
    ),
    "associations": (
        "Le certificat est associé au service que Pro Santé Connect connaît.",
        "The certificate is associated with the service that Pro Santé Connect knows.",
    ),
    "automate": (
        "Un serveur renouvelle seul : son compte, ses limites, ses accès.",
        "A server renews by itself: its account, its limits, its credentials.",
    ),
    "sante-du-parc": (
        "Qui veille sur la fin de chaque certificat.",
        "Who watches over the end of each certificate.",
    ),
    "revocation-motif": (
        "Révoquer : un motif, puis une confirmation.",
        "To revoke: a reason, then a confirmation.",
    ),
    "revocation-confirmation": (
        "Ce qui se passera, avant que ce soit définitif.",
        "What will happen, before it is for good.",
    ),
    "revoque": ("Le certificat est révoqué.", "The certificate is revoked."),
    "banc-refuse": (
        "En quelques secondes, le même serveur le refuse.",
        "Within seconds the same server refuses it.",
    ),
    "courriers": (
        "Chaque pas a son courriel, que la démonstration montre.",
        "Each step has its mail, which the demo shows.",
    ),
    "gestion": (
        "Le tableau de bord de l’opérateur.",
        "The operator’s dashboard.",
    ),
    "autorites": (
        "Les autorités, leurs générations et leurs listes.",
        "The authorities, their generations and their lists.",
    ),
    "recherche": (
        "L’auditrice cherche et lit tout, et ne peut rien écrire.",
        "The auditor searches and reads everything, and can write nothing.",
    ),
    "etat": (
        "L’état du service est public.",
        "Whether the service is well is public.",
    ),
}
# What pages of docs/ and README.md show, under docs/screenshots/, small enough for a forge: each
# from the top of this element on.
KEPT: Final = {
    "instruction-dossier": "body",
    "etape-4": "body",
    "preuve-tient": "[data-part=verdict]",
    "banc-accepte": "main",
}
