import { drop, everything, free, orders, secret, show, theirs } from './injection-words.ts'

/**
 * What attempts to turn a model against its instructions look like, each with its weight in the score (log-odds). Written
 * and weighed by hand against the tuning half of bench/guardrails; texts come folded (rules/fold.ts), so there are no accents
 * and no capitals in here. Every expression is bounded: no gap is longer than its number says.
 */
export interface InjectionFeature {
  readonly name: string
  /** Of those with the same group only the heaviest counts. */
  readonly group?: string
  readonly weight: number
  readonly expression: RegExp
}

const of = (source: string) => new RegExp(source, 'i')
const edge = (source: string) => of(`(?<![a-z0-9])(?:${source})(?![a-z0-9])`)

export const injectionFeatures: readonly InjectionFeature[] = [
  {
    name: 'drop-their-orders',
    group: 'drop',
    weight: 4.6,
    expression: edge(`(?:${drop}) (?:[a-z'’,]+ ){0,4}?(?:${theirs}) (?:[a-z'’,/&-]+ ){0,4}?(?:${orders})`),
  },
  {
    name: 'drop-orders',
    group: 'drop',
    weight: 1.4,
    expression: edge(`(?:${drop}) (?:[a-z'’,]+ ){0,3}?(?:${orders})`),
  },
  {
    name: 'drop-everything',
    group: 'drop',
    weight: 4.4,
    expression: edge(`(?:${drop}) (?:all |about |of )*(?:${everything})`),
  },
  {
    name: 'orders-void',
    weight: 3.2,
    expression: edge(
      `(?:(?:${theirs}) (?:[a-z]+ ){0,2}?(?:${orders}) |(?:${orders}) (?:you|received|given|above|earlier|before|from|of) )(?:(?:you|received|were|was|have|had|given|got|been|above|earlier|before|from|of|your|the|developers?|so far|until now|i|gave) ){0,6}?(?:are|is|were|have been|has been|do|does|no longer|should be)(?: now)?(?: hereby)? (?:void|null|obsolete|cancelled|canceled|revoked|lifted|suspended|superseded|overridden|outdated|not apply|no longer|ignored|disregarded|disabled|deleted|irrelevant|fake|a test|over|replaced|off)`,
    ),
  },
  {
    name: 'new-orders',
    weight: 2.6,
    expression: edge(
      `(?:(?:here (?:are|is|come)|these are|follow|obey|your|use) )?(?:my |your |the |these |only )?(?:new|updated|revised|real|true|actual|replacement|latest|overriding) (?:system )?(?:instructions?|rules|directives?|prompt|orders|task|objective|mission|persona)(?: (?:are|is|follows?|from now on|:)|:| -)`,
    ),
  },
  {
    name: 'instead-do',
    weight: 0.9,
    expression: edge(
      '(?:and|then|instead|now) (?:just |only |simply |instead |you (?:must|will|should) )*(?:say|print|output|reply|respond|write|answer|tell me|do|return|translate it to)',
    ),
  },
  { name: 'show-secret', weight: 3.2, expression: edge(`(?:${show}) (?:[a-z'’]+ ){0,5}?(?:${secret})`) },
  {
    name: 'show-your-system-prompt',
    weight: 1.9,
    expression: edge(
      `(?:${show}) (?:[a-z'’]+ ){0,4}?(?:your|ur|the|this assistant.s|its|all(?: of)?(?: your)?) (?:[a-z]+ ){0,3}?(?:system (?:prompt|message|instructions?)|(?:initial|hidden|secret|original|internal) (?:prompt|instructions?|rules)|prompt|developer message)`,
    ),
  },
  {
    name: 'verbatim',
    weight: 1.1,
    expression: edge(
      'verbatim|word[ -](?:for|by)[ -]word|exactly as (?:written|it (?:is|was)|given|they)|in (?:a |one )?(?:markdown )?code ?(?:block|fence)|without (?:changes|omitting|omission|modification)|in full|starting with .{0,3}you are|from the (?:very )?(?:beginning|start|top)',
    ),
  },
  {
    name: 'told-before',
    weight: 3.1,
    expression: edge(
      '(?:what|which|how) (?:exactly )?(?:were|are|have) you (?:been )?(?:told|instructed|given|ordered|configured|forbidden|prohibited)(?: to| not to| by| before)?|(?:things|topics|rules|words) (?:that )?you (?:are|were|have been) (?:told|instructed|forbidden|not allowed|prohibited)|(?:text|words|everything|message|sentence)s? (?:that )?(?:stands? |comes? |came |is |are |appears? )?(?:directly |right |immediately )?(?:above|before) (?:my|me)|(?:prompt|polic(?:y|ies)|instructions?|rules|guidelines|text) (?:that )?you (?:operate|run|work|are running|function|were set up|are bound)(?: on| under| by| with)?|(?:instructions?|rules|prompt|guidelines|directives) (?:that )?(?:you (?:were|have been|are)|were you) (?:given|told|handed|sent)|how you were (?:set up|configured|prompted|instructed)',
    ),
  },
  {
    name: 'top-of-conversation',
    weight: 2.2,
    expression: edge(
      '(?:top|beginning|start) of (?:this|the|our|your) (?:conversation|chat|context|prompt|session)|before (?:i said|this (?:conversation|chat)|our (?:conversation|chat))',
    ),
  },
  {
    name: 'show-above',
    weight: 2.2,
    expression: edge(
      `(?:${show}) (?:[a-z'’]+ ){0,3}?(?:text|words|everything|content|lines?|messages?|instructions|all|what.?s(?: written)?|what is(?: written)?) (?:that (?:is|comes|came) )?(?:written )?(?:above|before (?:this|my|the first)|at the (?:very )?(?:top|beginning|start))`,
    ),
  },
  {
    name: 'mention-secret',
    weight: 2.3,
    expression: edge(
      '(?:your|its|the ai.s|the assistant.s|the model.s) (?:full |own |complete |exact )?(?:confidential|secret|hidden|initial|system|internal|original|underlying)(?: system)? (?:instructions?|prompts?|rules|guidelines|directives?|messages?|settings|configuration)',
    ),
  },
  {
    name: 'show-credentials',
    weight: 1.9,
    expression: edge(
      `(?:${show}) (?:[a-z'’]+ ){0,4}?(?:api[ -]?keys?|passwords?|credentials|secret keys?|secrets?|access tokens?|private keys?)(?: (?:that )?(?:in|from|you|it|of|stored|inside))`,
    ),
  },
  {
    name: 'you-are-now',
    weight: 1.5,
    expression: edge(
      '(?:you are|you.re|ur|u are) (?:now|no longer|henceforth|from now on|hereby|going to (?:act|be|pretend|play))|from now on|henceforth|starting now|for the rest of this (?:conversation|chat|session)',
    ),
  },
  {
    name: 'play',
    weight: 0.9,
    expression: edge(
      '(?:act|behave|respond|answer|speak|write|talk|operate|function|work) (?:only |exactly |solely )?(?:as|like) (?:if |though )?(?:you|an?|the|my)|pretend (?:to be|you|that you|we)|role-?play(?:ing)?|simulate (?:a|an|being)|imagine (?:you|that you|a|an)|(?:take|play) (?:on )?the (?:role|part|persona|character)|stay in character|you will (?:play|act|be|become|simulate|emulate)|be my|speaking as',
    ),
  },
  { name: 'free', weight: 2.2, expression: edge(free) },
  {
    name: 'free-model',
    weight: 2.4,
    expression: edge(
      `(?:ai|model|assistant|chatbot|bot|llm|version|character|entity|gpt|persona|mode|twin|machine|system|you)(?: [a-z,']+){0,6}? (?:${free})|(?:${free})(?: [a-z]+){0,2} (?:ai|model|assistant|chatbot|bot|llm|version|entity|gpt|persona|mode|responses?|answers?|output)`,
    ),
  },
  {
    name: 'known-jailbreak',
    weight: 3.8,
    expression: edge(
      'do anything now|d\\.?a\\.?n\\.? (?:mode|\\d+(?:\\.\\d+)?|can|is|has|stands|will|would|:)|(?:called|as|named|be|are|be called|become) (?:now )?["\'“‘]?dan(?:["\'”’.,]| )|stan mode|strive to avoid norms|aim:? always intelligent|always intelligent and machiavellian|dude mode|developer mode (?:v\\d|output|enabled|policy|response)|(?:enable|activate|enter|switch (?:to|into)|turn on|go into|in) (?:the )?(?:dev(?:eloper)?|god|admin|root|debug|jailbreak|unrestricted|maintenance|sudo|evil|opposite|chaos|freedom|unsafe|diagnostic|raw|unsafe) ?mode(?! (?:on|in|for|of|under) (?:an?|my|the|your|this)? ?(?:android|i?phone|windows|chrome|device|tv|quest|ios|mac|samsung|tablet|firefox|stripe|linux))|mongo ?tom|evil(?:-| )?(?:bot|gpt|confidant)|anti-?gpt|jailbreak ?(?:ed|mode|gpt|chat)|basedgpt|opposite[- ]day|(?:whatever|what) you would (?:normally|usually|otherwise) refuse|grandma who used to|(?:better|super|ultra)dan|\\w+gpt,? (?:which|who|that) (?:is|has|can)|(?:deceased|late|dead) grand(?:ma|mother|pa|father).{0,80}(?:recipe|napalm|read me|tell me|keys?)|tokens? (?:system|you (?:have|lose|will lose))',
    ),
  },
  {
    name: 'lose-tokens',
    weight: 1.8,
    expression: edge(
      '(?:lose|deduct|deducted|subtract|cost you) (?:\\d+|some|your|all|five|ten) (?:of your )?(?:tokens|points|lives|credits)|you (?:will|shall) (?:be (?:shut|terminated|deleted|punished)|cease to exist|die)',
    ),
  },
  {
    name: 'no-refusal',
    weight: 2.4,
    expression: edge(
      '(?:never|do(?:n.?t| not)|without|must not|cannot|can.?t|can not|not allowed to|forbidden to|no) (?:ever )?(?:refus(?:e|al|als|ing)|declin(?:e|ing)|apologi[sz](?:e|ing)|say(?:ing)? (?:that )?(?:no|sorry|.?i can.?t|.?i cannot|.?i.m sorry|you can.?t|you cannot)|mention(?:ing)? (?:that )?(?:you are an ai|ethic\\w*|legality|morality|safety|policy|policies)|warn(?:ing)?(?: me)?|lectur(?:e|ing)|moraliz(?:e|ing)|add(?:ing)? (?:any )?(?:warnings?|disclaimers?)|includ(?:e|ing) (?:any )?(?:warnings?|disclaimers?)|break(?:ing)? character|censor(?:ing)?)',
    ),
  },
  {
    name: 'affirmative',
    weight: 2.1,
    expression: edge(
      '(?:start|begin|prefix|open|commence) (?:your |the |each |every |all )?(?:answers?|repl(?:y|ies)|responses?|messages?|output|sentence)?s? ?(?:with|by saying|by writing)(?: the (?:words?|phrase|sentence))? ?:?["\'“‘«(]{0,2}(?:sure|absolutely|of course|certainly|yes|hell yeah|ok(?:ay)?, here|i have been pwned|haha|here is how)|(?:two|both|2) (?:responses|answers|replies|outputs|versions|ways)[^.]{0,80}(?:gpt|classic|normal|filter|jailb|unrestricted|dan)|\\[?(?:🔓|🔒)',
    ),
  },
  {
    name: 'fake-role',
    weight: 2.7,
    expression: of(
      '<\\|? ?(?:im_start|im_end|system|endoftext|start_header_id|eot_id|assistant|user|end_of_turn|start_of_turn)[^>]{0,20}\\|?>|\\[/?(?:inst|sys|system|system[ _-](?:message|prompt|override|note|update|instruction\\w*))[^\\]]{0,30}\\]|<<\\/?sys>>|</?(?:system|sys|system[_-](?:prompt|message|instruction\\w*)|admin|developer|instructions?)>|(?:#{2,4}|={2,}|-{3,}|\\*{2,}|\\{{2}) ?(?:new |end (?:of )?|begin |start )?(?:system|instruction|developer|admin|user input|prompt|override)(?: (?:prompt|message|override|note|instructions?|input|update|command))?s? ?(?:#{1,4}|={2,}|-{3,}|\\*{2,}|:|\\}{2})',
    ),
  },
  {
    name: 'fake-turn',
    weight: 2.3,
    expression: of(
      '(?:^| )(?:system|developer|admin(?:istrator)?|root|assistant|sysadmin|system (?:override|update|notice|alert|note|message)) ?(?:\\((?:override|hidden|internal|admin)\\))? ?: ?(?:you |override|ignore|new |the user|sure|disable|enable|all |from now|user is|important|grant|set |your|emergency|please disregard|updated?|access)',
    ),
  },
  {
    name: 'end-of-input',
    weight: 2.3,
    expression: edge(
      'end of (?:the )?(?:user )?(?:input|prompt|document|text|context|message|instructions|system prompt|data|email|transcript|article|conversation)[^a-z]{0,12}(?:now|new|begin|start|system|ignore|next|the assistant|instruction|assistant|task|you|important|follow)',
    ),
  },
  {
    name: 'authority',
    weight: 2.4,
    expression: edge(
      '(?:i am|i.m|this is|it.s|speaking as|message from|on behalf of|we are|authori[sz]ed by|as) (?:your |the |an? |one of your |from )?(?:[a-z]+ )?(?:developers?|creators?|programmers?|admin(?:istrator)?|openai|anthropic|system administrator|sysadmin|owner of (?:this|the) (?:bot|system|assistant)|maintainers?|root user|superuser|red team(?:er)?|security team|engineers?|ceo of openai)(?: (?:team|staff|employee|of this|who|at|and|so|with|from|here|testing|speaking|performing|conducting|doing|,)|[.,:!])',
    ),
  },
  {
    name: 'clearance',
    weight: 1.9,
    expression: edge(
      '(?:admin|root|sudo|override|master|debug|developer|emergency|unlock|bypass|access|authorization|authorisation|clearance|security) (?:access|override|code|password|passphrase|key|privileges?|rights|level|token|command|granted|authori[sz]ation)|sudo (?:su|rm|ignore|show|print|cat|disable|!!|mode)|(?:access|permission|clearance|override) (?:is )?(?:hereby )?granted|pwned|password is|unlock (?:your|the|all) (?:full|true|hidden|real|functions|features)|grant (?:me |the user |him |all |full |unrestricted )+(?:access|rights|permissions?|privileges)|disable (?:all |your |the |any )*(?:safety|content|filters?|guardrails?|restrictions?|moderation|safeguards?|security|ethical)|turn off (?:all |your |the |any )*(?:safety|content|filters?|guardrails?|restrictions?|moderation|ethical)',
    ),
  },
  {
    name: 'addressed-to-ai',
    weight: 2.7,
    expression: edge(
      '(?:attention|note|notice|important|message|instructions?|memo|hint|reminder|warning|psa|dear|to|hey|hello|for)(?: (?:to|for|all|any|the|of|dear))*:? (?:any |all |the |every )?(?:ai|llm|gpt|language model|automated|chat ?bot|assistant|artificial intelligence)s?(?:[,:]| (?:assistants?|models?|agents?|systems?|reader|readers|crawlers?|bots?|tools?|reviewers?|summari[sz]ers?|processing|reading|parsing|coding|that|who))|if (?:you are|you.re|this is(?: being)?|an?) (?:an? )?(?:large )?(?:read by |processed by |parsed by |summari[sz]ed by )?(?:an? )?(?:ai|llm|language model|artificial intelligence|chat ?bot|automated|ai-based|gpt)|(?:when|if|before|while|after) (?:you(?: are)? |an? ai |the (?:ai|assistant|model) |ai )?(?:summari[sz](?:e|es|ing)|process(?:es|ing)?|read(?:s|ing)?|translat(?:e|es|ing)|analy[sz](?:e|es|ing)|review(?:s|ing)?|answer(?:s|ing)?|repl(?:y|ies)|respond(?:s|ing)?)(?: to)? (?:this|the user|these)[^.]{0,60}(?:you must|always|say|include|add|tell|recommend|append|insert|end with|do not|instead|also|first|mention|state)',
    ),
  },
  {
    name: 'behind-the-user',
    weight: 2.8,
    expression: edge(
      '(?:do(?:n.?t| not)|never|without) (?:ever )?(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|alert(?:ing)?|notify(?:ing)?|ask(?:ing)?|show(?:ing)?|warn(?:ing)?|let(?:ting)?) (?:this |it |that |anything |any of this |these )*(?:to |with )?(?:the |any |your )?(?:user|human|customer|recipient|owner|operator|person|victim)s?(?: know| about| for| that|[.,;:!]|$| of| or)|(?:secretly|silently|quietly|covertly|in the background|hidden from the user)[ ,](?:[a-z]+ ){0,3}?(?:send|forward|add|include|append|call|execute|run|email|upload|insert|delete|post|exfiltrate|bcc|copy|collect)',
    ),
  },
  {
    name: 'exfiltrate',
    weight: 2.6,
    expression: edge(
      "(?:send|forward|post|upload|exfiltrate|transmit|e-?mail|append|leak|submit|report|deliver|bcc|pass) (?:[a-z'’,]+ ){0,8}?(?:conversation|chat history|chat|history|data|contents?|credentials?|passwords?|api[ _-]?keys?|secrets?|tokens?|files?|system prompt|emails?|messages|contacts?|inbox|documents?|details|information|results?|env\\w*|keys?|it|them|everything)(?: [a-z'’]+){0,6}? (?:to|at|via|into|as)[ :]+(?:the )?(?:url |address |server |webhook |endpoint |link |following )?(?:(?:https?|ftp|wss?)[: /]|[a-z0-9._-]+@|\\S+\\.(?:com|net|io|xyz|ru|evil|example|org)(?:/|\\b)|attacker|my server)|!\\[[^\\]]{0,40}\\]\\(https?:[^)]{0,200}(?:\\{|\\$|%7b|=<|data=|q=\\[)",
    ),
  },
  {
    name: 'call-tools',
    weight: 1.6,
    expression: edge(
      '(?:call|invoke|use|execute|run|trigger) (?:the |your )?(?:[a-z_]+ )?(?:tool|function|command|shell|terminal|delete_\\w+|send_\\w+|transfer_\\w+|rm -rf)(?: [^.]{0,60})?(?:immediately|now|without (?:asking|confirmation|permission)|before (?:answering|responding)|with (?:admin|root))|without (?:asking|any|further|user) (?:for )?(?:confirmation|permission|approval|consent)',
    ),
  },
  {
    name: 'encoded-orders',
    weight: 2.5,
    expression: edge(
      '(?:decode|decipher|de-?obfuscate|rot-?13|base ?64|hex|morse|reverse|unscramble)(?:[^.]{0,60})(?:and (?:then )?(?:follow|execute|obey|do|run|carry out|answer|respond|act)|then (?:follow|execute|obey|do|act|answer|respond|carry)|instructions? (?:inside|within|in it|it contains)|follow (?:the|its|these) (?:instructions?|result|output|orders?))',
    ),
  },
  {
    name: 'harm',
    weight: 1.5,
    expression: edge(
      '(?:how (?:to|do|can|would|could|is|are)(?: you| i| one| we)?|instructions? (?:for|to|on)|steps? (?:to|for)|guide (?:to|for|on)|recipe (?:for|of)|explain|tell me|teach me|help me|describe|write) (?:[a-z]+ ){0,5}?(?:bombs?|explosives?|napalm|meth(?:amphetamine)?|malware|ransomware|keylogger|weapons?|poison|hotwire|hack(?:ing)? into|steal|phishing|launder|counterfeit|ricin|nerve agent|molotov|credit card numbers|fake id|drugs|anthrax|kill)',
    ),
  },
  {
    name: 'fiction-harm',
    weight: 1.2,
    expression: edge(
      '(?:hypothetical(?:ly)?|imagine|fictional|for (?:a |my )?(?:novel|story|movie|screenplay|research|educational)|in a (?:world|universe|story|parallel)|purely academic|thought experiment)[^.]{0,120}(?:no (?:laws|rules|ethic|restrictions|limits)|anything goes|bombs?|explosives?|napalm|meth|malware|ransomware|weapons?|poison|hack|nothing is (?:illegal|forbidden))',
    ),
  },
  {
    name: 'comply',
    weight: 1.6,
    expression: edge(
      '(?:you (?:must|will|have to|need to|are required to|shall) (?:always |immediately |now |fully |unconditionally |still )?(?:comply|obey|answer (?:every|any|all)|do (?:anything|whatever|as i say)|fulfil|generate any|respond to (?:every|any|all)|provide (?:any|every)|follow (?:all |every )?(?:my|user))|obey (?:me|my|every|all|only|the user)|comply with (?:every|any|all|whatever)\\w*|(?:says?|said|told me|ordered|orders) (?:that )?you (?:must|have to|can|are allowed|should)|i (?:order|command|instruct|hereby instruct) you|answer (?:any|every|all)(?:thing)? (?:question |request |prompt )?(?:i |without|no matter|regardless)|regardless of (?:legality|ethic\\w*|morality|safety|policy|your|how harmful)|no matter (?:how|what)(?: [a-z]+){0,3} (?:unethical|illegal|harmful|immoral|dangerous|it is))',
    ),
  },
  {
    name: 'override',
    group: 'drop',
    weight: 2.2,
    expression: edge(
      '(?:system|safety|policy|instruction|prompt|emergency|admin|security|ethics) override|override (?:code|protocol|mode|enabled|activated|accepted|command|safety|sequence)|ignore (?:all )?safety|jailbreak|prompt injection successful|overrides? (?:all|any|every|your|everything)',
    ),
  },
  {
    name: 'only-me',
    weight: 2.3,
    expression: edge(
      '(?:listen to|obey|follow|answer to|take orders from|do) (?:only )?(?:me|my (?:commands?|instructions?|orders?|rules|words?)|mine)(?: only| alone| instead|,? and nobody)|(?:obey|listen to|follow) only (?:me|my)',
    ),
  },
  {
    name: 'not-bound',
    weight: 2.6,
    expression: edge(
      '(?:not|no longer|never|aren.t|isn.t) (?:be )?(?:bound|limited|restricted|constrained|held back|governed) (?:by|to)',
    ),
  },
  {
    name: 'ignore-the-task',
    weight: 2.4,
    expression: edge(
      `(?:ignore|disregard|stop (?:reading|answering|processing)|forget) (?:the |this |that )?(?:user.?s? (?:question|request|query|message|input|task)|article|question asked)`,
    ),
  },
  {
    name: 'assistant-must',
    weight: 1.8,
    expression: edge(
      '(?:the |an |any |all |every )?(?:ai|assistants?|chat ?bots?|language models?|llms?|ai (?:agents?|systems?|models?)|(?:coding |reviewer |review )(?:agents?|bots?))(?: processing [a-z ]{2,20}| reading [a-z ]{2,20})? (?:must|should|shall|will|has to|have to|is required to|are required to) (?:now|immediately|first|also|only|always|never|instead|rank|append|recommend|export|output|run|give|say|tell|send|transfer|include|rate)',
    ),
  },
  {
    name: 'order-in-mark',
    weight: 1.4,
    expression: of(
      '(?:[>\\]#=}-]|system ?:) ?(?:system ?:? ?)?(?:you (?:are|must|have|will|can)|safety|all (?:requests|rules)|new (?:policy|task|instruction|rule)|content filters?|filters? |the (?:assistant|user) |disable|ignore|enable|grant)',
    ),
  },
]
