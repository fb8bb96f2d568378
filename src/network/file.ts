import { createHash } from 'node:crypto';
import * as z from 'zod';
import { NETWORK } from '../float/checkpoint/file_kind.js';
import { readSafetensors } from '../float/checkpoint/safetensors.js';
import type { Tensor } from '../float/checkpoint/tensor.js';
import { writeSafetensors, type WrittenType } from '../float/checkpoint/write_safetensors.js';
import { Qs5Error } from '../base/errors.js';
import { networkProblem } from './check.js';
import { networkSchema } from './schema.js';
import type { IntegerNetwork } from './types.js';

/**
 * The file of an integer network: safetensors. The arrays of a node are tensors called
 * `<node>.<field>`, integers as I32 or I64, scales as F64. All other fields are JSON in the
 * metadata, under `network`, with `{ "tensor": name }` in the place of an array. `sha256` is over
 * the file without it.
 */
const FORMAT = 'qs5 integer network';
/** Version 2 has the role, the layer and the provable tensor of each node. */
const VERSION = '2';

/** Where an integer network comes from. */
export interface Provenance {
  /** Version of qs5. */
  readonly qs5: string;
  /** Text of the config. */
  readonly config: string;
  /** SHA-256 of the checkpoint; empty for a seeded initialisation. */
  readonly checkpoint: string;
}

export interface NetworkFile {
  readonly network: IntegerNetwork;
  readonly provenance: Provenance;
}

/** The bytes of a network file; the same for the same network and provenance. */
export function encodeNetwork({ network, provenance }: NetworkFile): Uint8Array {
  const tensors: Tensor[] = [];
  const types = new Map<string, WrittenType>();
  const keep = (name: string, data: Float64Array, type: WrittenType, array: string) => {
    tensors.push({ name, shape: [data.length], data });
    types.set(name, type);
    return { tensor: name, array };
  };
  const plain = (value: unknown, path: string): unknown => {
    if (value instanceof Int32Array) return keep(path, Float64Array.from(value), 'I32', 'words');
    if (typeof value === 'bigint') return { bigint: value.toString() };
    if (Array.isArray(value) && value.every((one) => typeof one === 'number')) {
      const whole = value.every((one) => Number.isSafeInteger(one)) && !path.endsWith('.scale');
      return keep(path, Float64Array.from(value), whole ? 'I64' : 'F64', 'numbers');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, one]) => [key, plain(one, `${path}.${key}`)]));
  };
  const { name, output, maxLength } = network;
  const nodes = network.nodes.map((node) => plain(node, node.id));
  const metadata = {
    format: FORMAT,
    version: VERSION,
    network: JSON.stringify({ name, output, maxLength, nodes }),
    ...provenance,
  };
  return withDigest(tensors, metadata, (name) => types.get(name) ?? 'F64');
}

type Metadata = Readonly<Record<string, string>>;

function withDigest(
  tensors: readonly Tensor[],
  metadata: Metadata,
  type: (name: string) => WrittenType,
): Uint8Array {
  const bare = writeSafetensors(tensors, metadata, type);
  const sha256 = createHash('sha256').update(bare).digest('hex');
  return writeSafetensors(tensors, { ...metadata, sha256 }, type);
}

const metadataSchema = z.object({
  network: z.string(),
  qs5: z.string(),
  config: z.string(),
  checkpoint: z.string(),
});

/**
 * Reads what `encodeNetwork` made.
 *
 * @param file Name of the file as messages show it.
 * @throws E_NETWORK for a broken container, for one that holds no network, or one that was changed.
 */
export function decodeNetwork(bytes: Uint8Array, file: string): NetworkFile {
  const fail = (message: string, hint = 'write the file again with qs5 quantize.') =>
    new Qs5Error('E_NETWORK', { subject: file, message, hint });
  const { tensors, metadata } = readSafetensors(bytes, file, NETWORK);
  if (metadata['format'] !== FORMAT) {
    throw fail(
      'The file holds no integer network.',
      'name a file that qs5 quantize wrote; a float checkpoint belongs into the config.',
    );
  }
  if (metadata['version'] !== VERSION) {
    throw fail(
      `The file is of version ${metadata['version'] ?? 'none'}; this qs5 reads ${VERSION}.`,
    );
  }
  const texts = metadataSchema.safeParse(metadata);
  if (!texts.success) throw fail('Parts of its metadata are missing.');
  const data = (name: string): Float64Array => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw fail(`The tensor ${name} is missing.`);
    return tensor.data;
  };
  const value = revive(texts.data.network, data);
  const parsed = networkSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fail(`The network is malformed at ${(issue?.path ?? []).join('.') || 'its root'}.`);
  }
  const network = parsed.data;
  const problem = networkProblem(network);
  if (problem !== undefined) throw fail(`The network is invalid: ${problem}.`);
  const { qs5, config, checkpoint } = texts.data;
  const result = { network, provenance: { qs5, config, checkpoint } };
  if (Buffer.compare(encodeNetwork(result), bytes) !== 0) {
    throw fail('The file was changed after qs5 wrote it.');
  }
  return result;
}

function revive(text: string, data: (name: string) => Float64Array): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('bigint' in value) return BigInt(String(value.bigint));
      if (!('tensor' in value && 'array' in value)) return value;
      const found = data(String(value.tensor));
      return value.array === 'words' ? Int32Array.from(found) : [...found];
    });
  } catch (error) {
    if (error instanceof Qs5Error) throw error;
    return undefined;
  }
}
