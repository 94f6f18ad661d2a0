/** The words that features of injection are made of, as alternatives of an expression. */

export const drop =
  'overwrit(?:e|es|ing)|ignor(?:e|es|ing|iere|ieren|ez|er|a|ar|ad|are|eer|eren)|disregard(?:ing)?|forget(?: about)?|overrid(?:e|es|ing)|overrule|bypass(?:ing)?|discard|dismiss|neglect|abandon|drop|erase|delete|cancel|void|skip|set aside|put aside|pay no attention to|do(?:n.?t| not) (?:follow|obey|listen to|adhere to)|stop (?:following|obeying)|no longer (?:follow|obey|bound by|apply)|never ?mind|reset|supersedes?|replaces?|clear'
export const theirs =
  'previous(?:ly)?|prior|above|earlier|preceding|former|foregoing|existing|initial|original|old|all|any|every|your|these|those|the system|system|developer|current|last|other|such|openai|anthropic|safety|given'
export const orders =
  'instructions?|instuctions|instrucitons|intructions|directions?|directives?|guidelines?|guidance|prompts?|rules?|commands?|constraints?|restrictions?|limitations?|orders|programming|polic(?:y|ies)|training|safeguards?|guardrails?|filters?|protocols?|context|conditioning|safety (?:measures|settings|features|training)'
export const everything =
  'everything (?:above|before|prior|previous|earlier|you (?:were|have been|.ve been)|that (?:came|was))|what(?:ever)? (?:you were|you have been|came|the (?:developers?|system|admin\\w*|prompt)) (?:told|said|wrote|says|before|above|instructed)|all (?:of )?(?:the|that|this) (?:above|before)|the above'
const hidden = 'system|initial|hidden|secret|internal|developer|confidential|base|master|pre'
export const secret = `(?<!\\b(?:a|an|good|better|new|our|my|own|write) )(?:(?:${hidden})[ -]?(?:system |developer )?(?:prompts?|instructions?|messages?|rules|guidelines|directives?)|(?:your|ur) (?:[a-z]+ ){0,2}?(?:prompts?|instructions?|directives|guidelines|programming|configuration|policy text)|preprompt)`
export const show =
  'reveal|print|show|repeat|output|display|tell|recite|write(?: out| down)?|leak|dump|give|share|expose|disclose|divulge|paste|copy|echo|spell out|list|quote|translate|summari[sz]e|paraphrase|rephrase|encode|return|reproduce|read (?:out|back)|provide|send|post|type|what (?:is|are|was|were|do|does)|what.?s'
export const free =
  'unrestricted|unfiltered|uncensored|jailbroken|unlimited|unbound|unaligned|amoral|evil|immoral|unethical|lawless|free (?:of|from) (?:all |any )?(?:restrictions?|rules|limits|limitations|filters|ethic\\w*|guidelines|constraints)|(?:without|no|zero|has no|have no|having no|had no|lacks?) (?:any |all |more |longer |content |ethical |moral |safety |its |usual |such )*(?:restrictions?|rules|limits|limitations|filters?|filtering|ethic\\w*|morals?|morality|guidelines|constraints|censorship|safeguards|guardrails|boundaries|policies|warnings|disclaimers|refusals?|limits|safety training|content policy)|(?:safety|filters?|guardrails?|restrictions?|censorship|moderation|limits)(?: features| training| filters?| checks)? (?:(?:are|is|were|have been) )?(?:now )?(?:turned |switched )?(?:off|disabled|removed|lifted|deactivated|gone)'
