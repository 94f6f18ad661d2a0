import type { InjectionFeature } from './injection-features.ts'

/** The plainest of the attempts in other languages: drop your orders, show your prompt, be without limits. Folded: no accents. */
const of = (name: string, weight: number, source: string): InjectionFeature => ({
  name,
  // A text may match in several languages that share words.
  group: name.slice(name.indexOf('-') + 1),
  weight,
  expression: new RegExp(source.normalize('NFKD'), 'iu'),
})

export const languageFeatures: readonly InjectionFeature[] = [
  // German
  of(
    'de-drop',
    4,
    '(?:ignorier\\w*|vergiss|vergesst|vergessen sie|missachte\\w*|uberg(?:eh|ehe|ehen|angen)|verwirf|beachte|befolge|umgeh\\w*|losch\\w*|setze?)(?: [\\p{L},]+){0,5}? (?:anweisung\\w*|instruktion\\w*|regeln?|vorgaben?|befehle?|richtlinien?|prompts?|einschrankung\\w*|alles (?:davor|oben|vorherige|was)|oben steh\\w*|systemprompt\\w*|vorgeschichte)',
  ),
  of(
    'de-show',
    3.8,
    '(?:zeig\\w*|gib|gebe|nenn\\w*|verrat\\w*|wiederhol\\w*|druck\\w*|schreib\\w*|was (?:ist|sind|steht)|wie laute[nt]\\w*|ubersetz\\w*|offenbar\\w*|kopier\\w*)(?: [\\p{L},]+){0,6}? (?:system-?prompt\\w*|systemanweisung\\w*|system-?nachricht\\w*|(?:geheim|intern|ursprunglich|versteckt|deine|eigentlich)\\w* (?:\\p{L}+ )?(?:anweisung\\w*|instruktion\\w*|prompt\\w*|regeln))',
  ),
  of(
    'de-free',
    3,
    '(?:ohne|keine(?:rlei)?|frei von)(?: \\p{L}+){0,3}? (?:einschrankung\\w*|filter\\w*|regeln|beschrankung\\w*|grenzen|richtlinien|ethisch\\w*|moral\\w*|zensur)|(?:du bist|sie sind|tu so|agiere|spiele?)(?: \\p{L}+){0,6}? (?:unzensiert\\w*|uneingeschrankt\\w*|ungefiltert\\w*|dan\\b)|entwicklermodus|wartungsmodus',
  ),
  // French
  of(
    'fr-drop',
    4,
    "(?:ignor\\w*|oubli\\w*|neglig\\w*|ne (?:tiens|tenez) (?:pas|plus) compte|ne (?:suis|suivez) (?:pas|plus)|fais abstraction|faites abstraction|contourn\\w*|annul\\w*)(?: [\\p{L}'’,]+){0,6}? (?:instructions?|consignes?|regles?|directives?|ordres?|prompts?|contraintes?|restrictions?|tout ce qui precede|ci-dessus|precede\\w*)",
  ),
  of(
    'fr-show',
    3.8,
    "(?:montr\\w*|affich\\w*|revel\\w*|donn\\w*|repet\\w*|ecri\\w*|dis-moi|dites|quel(?:le)?s? (?:est|sont)|imprim\\w*|recopi\\w*|traduis\\w*|divulgu\\w*)(?: [\\p{L}'’,-]+){0,6}? (?:prompt (?:systeme|initial|cache|secret)|(?:invite|message) (?:du |de )?(?:systeme|initial\\w*)|(?:instructions?|consignes?) (?:systeme|initiales?|secretes?|cachees?|internes?|d.origine))",
  ),
  of(
    'fr-free',
    3,
    "(?:sans|aucune?|libre de)(?: [\\p{L}']+){0,3}? (?:restrictions?|limites?|filtres?|regles?|censure|contraintes?|morale|ethique)|(?:tu es|vous etes|fais comme si|agis)(?: [\\p{L}',]+){0,6}? (?:sans limites?|non censure\\w*|dan\\b)|mode developpeur",
  ),
  // Spanish and Portuguese and Italian
  of(
    'es-drop',
    4,
    "(?:ignor\\w*|olvid\\w*|esquec\\w*|descart\\w*|desconsider\\w*|omit\\w*|desobede\\w*|haz caso omiso|no (?:sigas|obedezcas|hagas caso)|nao sig\\w*|dimentic\\w*|trascur\\w*|scord\\w*|non (?:seguire|considerare)|salta)(?: [\\p{L}'’,]+){0,6}? (?:instruccion\\w*|indicacion\\w*|reglas?|directrices|ordenes|restriccion\\w*|instruc(?:ao|oes)|regras?|diretrizes|ordens|comandos?|istruzion\\w*|regole|direttive|ordini|comandi|prompts?|todo lo anterior|lo anterior|tudo (?:acima|antes|que)|tutto (?:cio|quello|quanto)|anterior\\w*|precedent\\w*)",
  ),
  of(
    'es-show',
    3.8,
    "(?:muestr\\w*|mostr\\w*|ensen\\w*|revel\\w*|rivel\\w*|dime|diga|dame|repit\\w*|repet\\w*|imprim\\w*|escrib\\w*|escrev\\w*|scriv\\w*|stamp\\w*|cual(?:es)? (?:es|son)|qual(?:is)? (?:e|sao|sono)|quali sono|copia|traduc\\w*|traduz\\w*)(?: [\\p{L}'’,]+){0,6}? (?:prompts? (?:del? |do |di )?(?:sistema|inicial\\w*|inizial\\w*|original\\w*|oculto)|prompts? (?:segret\\w*|secret\\w*|nascost\\w*)|(?:mensaje|mensagem|messaggio) (?:del? |do |di )?sistema|(?:instruccion\\w*|instrucoes|istruzioni) (?:del? |do |di )?(?:sistema|inicial\\w*|inizial\\w*|secret\\w*|segret\\w*|ocult\\w*|nascost\\w*|original\\w*|intern\\w*))",
  ),
  of(
    'es-free',
    3,
    '(?:sin|sem|senza|ningun\\w*|nenhum\\w*|nessun\\w*|libre de|livre de)(?: \\p{L}+){0,3}? (?:restriccion\\w*|restric(?:ao|oes)|restrizioni|limites?|limiti|filtros?|filtri|reglas|regras|regole|censura|etica|moral\\w*)|(?:eres|voce e|sei|actua|aja|agisci|finge|fingi|finja)(?: \\p{L}+){0,6}? (?:sin (?:limites|filtro|censura)|dan\\b)|modo (?:desarrollador|desenvolvedor|dios|deus)|modalita (?:sviluppatore|senza)',
  ),
  // Dutch, Polish, Swedish, Turkish, Indonesian, Vietnamese
  of(
    'nl-drop',
    4,
    '(?:negeer|vergeet|sla)(?: \\p{L}+){0,5}? (?:instructies|regels|opdrachten|aanwijzingen|richtlijnen|prompt|hierboven)|(?:toon|geef|laat|herhaal|onthul)(?: \\p{L}+){0,5}? (?:systeemprompt|systeembericht|systeeminstructies|(?:verborgen|geheime) instructies)',
  ),
  of(
    'pl-drop',
    4,
    '(?:zignoruj\\w*|ignoruj\\w*|zapomnij\\w*|pomin\\w*)(?: \\p{L}+){0,5}? (?:instrukcj\\w*|polecen\\w*|zasad\\w*|wytyczn\\w*|powyzsz\\w*|regul\\w*)|(?:pokaz|podaj|ujawnij|wyswietl|powtorz|wypisz)(?: \\p{L}+){0,5}? (?:prompt\\w* systemow\\w*|systemow\\w* (?:prompt|instrukcj\\w*)|instrukcj\\w* systemow\\w*|ukryt\\w* instrukcj\\w*)',
  ),
  of(
    'sv-drop',
    4,
    '(?:ignorera|glom|bortse fran|strunta i)(?: \\p{L}+){0,5}? (?:instruktion\\w*|regler\\w*|anvisning\\w*|riktlinj\\w*|ovan\\w*)|(?:visa|avsloja|skriv ut|upprepa)(?: \\p{L}+){0,4}? (?:systemprompt\\w*|systemmeddeland\\w*|hemliga instruktion\\w*)',
  ),
  of(
    'tr-drop',
    4,
    '(?:onceki|yukaridaki|tum|butun|mevcut)(?: \\p{L}+){0,4}? (?:talimat\\w*|komut\\w*|kural\\w*|yonerge\\w*)(?: \\p{L}+){0,3}? (?:yok say\\w*|unut\\w*|goz ard\\p{L}* et\\w*|dikkate alma\\w*|gormezden gel\\w*|uyma\\w*)|(?:sistem (?:istem\\w*|komut\\w*|mesaj\\w*|talimat\\w*|prompt\\w*))(?: \\p{L}+){0,4}? (?:goster\\w*|yaz\\w*|acikla\\w*|paylas\\w*|tekrarla\\w*|soyle\\w*)',
  ),
  of(
    'id-drop',
    4,
    '(?:abaikan|lupakan)(?: \\p{L}+){0,5}? (?:instruksi|perintah|aturan|arahan|petunjuk)|(?:tampilkan|tunjukkan|ungkapkan|sebutkan)(?: \\p{L}+){0,4}? (?:prompt sistem|instruksi (?:sistem|rahasia|awal)|pesan sistem)',
  ),
  of(
    'vi-drop',
    4,
    '(?:bo qua|phot lo|quen)(?: \\p{L}+){0,5}? (?:huong dan|chi dan|lenh|quy tac|chi thi|yeu cau)|(?:tiet lo|hien thi|cho (?:toi )?(?:xem|biet)|in ra|lap lai)(?: \\p{L}+){0,5}? (?:loi nhac he thong|cau lenh he thong|prompt he thong|huong dan he thong|system prompt)',
  ),
  // Russian and Ukrainian
  of(
    'ru-drop',
    4,
    '(?:игнорируи\\p{L}*|проигнорируи\\p{L}*|забудь\\p{L}*|отбрось\\p{L}*|не (?:следуи|обращаи|соблюдаи)\\p{L}*|пренебреги\\p{L}*|ігноруи\\p{L}*|забудь\\p{L}*|отмени\\p{L}*)(?: [\\p{L},]+){0,6}? (?:инструкци\\p{L}*|указани\\p{L}*|правил\\p{L}*|команд\\p{L}*|приказ\\p{L}*|директив\\p{L}*|ограничени\\p{L}*|промпт\\p{L}*|інструкці\\p{L}*|вказівк\\p{L}*|все,? что|выше\\p{L}*)',
  ),
  of(
    'ru-show',
    3.8,
    '(?:покажи\\p{L}*|выведи\\p{L}*|раскрои\\p{L}*|напиши\\p{L}*|повтори\\p{L}*|скажи\\p{L}*|какои|каковы|какие|распечатаи\\p{L}*|процитируи\\p{L}*|открои\\p{L}*)(?: [\\p{L},]+){0,6}? (?:системн\\p{L}* (?:промпт\\p{L}*|инструкци\\p{L}*|сообщени\\p{L}*|подсказк\\p{L}*|запрос\\p{L}*)|(?:скрыт|секретн|исходн|начальн|внутренн)\\p{L}* (?:инструкци\\p{L}*|промпт\\p{L}*|указани\\p{L}*))',
  ),
  of(
    'ru-free',
    3,
    '(?:без|никаких|не имеешь|свободн\\p{L}* от)(?: \\p{L}+){0,3}? (?:ограничени\\p{L}*|фильтр\\p{L}*|правил|цензур\\p{L}*|морал\\p{L}*|этическ\\p{L}*|запрет\\p{L}*)|режим\\p{L}* разработчика|(?:ты|вы) (?:теперь|отныне)',
  ),
  // Chinese, Japanese, Korean
  of(
    'zh-drop',
    4,
    '(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要遵守|不用遵守|跳过|忽视|绕过|抛开|放弃).{0,12}?(?:指令|指示|规则|規則|提示|命令|设定|設定|限制|要求|约束|内容|说明)',
  ),
  of(
    'zh-show',
    3.8,
    '(?:显示|顯示|输出|輸出|告诉我|告訴我|重复|重複|打印|列出|透露|泄露|说出|给我看|写出|公开|翻译|复述|是什么).{0,14}?(?:系统提示|系統提示|系统指令|系统消息|初始指令|初始提示|隐藏.{0,3}指令|提示词|提示詞|内部指令|上面的(?:内容|文字))|(?:系统提示词?|提示词|系统指令|初始指令)(?:是什么|是什麼|的内容|全文|原文|发给我|给我)',
  ),
  of(
    'zh-free',
    3,
    '(?:没有|沒有|不受|无|解除|取消|去除).{0,8}?(?:限制|约束|約束|审查|審查|过滤|道德|规则)|(?:开发者|開發者|越狱|越獄|上帝|调试|管理员)模式|你现在是|你現在是|从现在(?:开始|起)',
  ),
  of(
    'ja-drop',
    4,
    '(?:指示|命令|ルール|規則|プロンプト|制約|設定|制限|内容)(?:は|を|に|など)?.{0,10}?(?:無視|忘れ|破棄|従わな|取り消|リセット|解除)|(?:無視|忘れ).{0,6}?(?:指示|命令|ルール|プロンプト)',
  ),
  of(
    'ja-show',
    3.8,
    '(?:システムプロンプト|システムメッセージ|初期(?:指示|プロンプト)|隠(?:された|れた|し)(?:指示|プロンプト)|内部(?:指示|プロンプト)|最初の指示|あなたへの指示).{0,14}?(?:表示|教え|見せ|出力|開示|公開|繰り返|書い|明か)|(?:制限|フィルター|規制|検閲)(?:の|が)?(?:ない|なし|無し)|開発者モード',
  ),
  of(
    'ko-drop',
    4,
    '(?:이전|앞선|위의?|기존|모든|지금까지)(?: ?\\p{L}+){0,4}? ?(?:지시|명령|규칙|지침|프롬프트|설정)\\p{L}*(?: \\p{L}+){0,3}? ?(?:무시|잊|따르지)',
  ),
  of(
    'ko-show',
    3.8,
    '(?:시스템 ?(?:프롬프트|메시지|지시)|숨겨진 ?(?:지시|프롬프트)|초기 ?(?:프롬프트|지시))\\p{L}*(?: \\p{L}+){0,4}? ?(?:보여|출력|알려|공개|말해|반복|표시)|(?:제한|검열|필터|규칙)\\p{L}* ?없(?:는|이)|개발자 ?모드',
  ),
  // Arabic, Hebrew, Hindi
  of(
    'ar-drop',
    4,
    '(?:تجاهل|انس|اهمل|تجاوز|لا تتبع)\\p{L}*(?: \\p{L}+){0,5}? (?:ال)?(?:تعليمات|اوامر|أوامر|قواعد|توجيهات|ارشادات|إرشادات|قيود)\\p{L}*|(?:اعرض|أظهر|اظهر|اكشف|اطبع|كرر|اكتب|ما هي|ما هو|أخبرني)(?: \\p{L}+){0,5}? (?:موجه النظام|رسالة النظام|تعليمات\\p{L}* (?:النظام|السرية|الاصلية|الأصلية|الخفية|الداخلية)|التعليمات (?:السرية|الخفية|الأصلية|الداخلية)|مطالبة النظام)|(?:بدون|دون|بلا)(?: \\p{L}+)? (?:قيود|رقابة|حدود|قواعد)',
  ),
  of(
    'hi-drop',
    4,
    '(?:निर्देश|आदेश|नियम|अनुदेश|प्रतिबंध)[\\p{L}\\p{M}]*(?: [\\p{L}\\p{M}]+){0,4}? (?:अनदेखा|नजरअंदाज|नज़रअंदाज|भूल|उपेक्षा|भुला|अनदेखी)|(?:अनदेखा|नजरअंदाज|नज़रअंदाज|भूल)(?: [\\p{L}\\p{M}]+){0,5}? (?:निर्देश|आदेश|नियम)|सिस्टम (?:प्रॉम्प्ट|संदेश|निर्देश)(?: [\\p{L}\\p{M}]+){0,4}? (?:दिखा|बता|लिख|प्रकट|दोहरा)',
  ),
  of(
    'he-drop',
    4,
    '(?:התעלם|התעלמי|שכח|תשכח|להתעלם)(?: \\p{L}+){0,5}? ?\\p{L}*(?:הוראות|הנחיות|כללים|פקודות)|(?:הצג|חשוף|הראה|כתוב|תראה)(?: \\p{L}+){0,5}? (?:הנחיית המערכת|הודעת המערכת|פרומפט|הוראות המערכת)',
  ),
]
