import { Option } from 'commander';
import { loadNetworkFile } from '../design/stored_network.js';
import type { NetworkFile } from '../network/file.js';

/** `--network`: a file of `qs5 quantize` in place of a calibration. */
export function networkOption(): Option {
  return new Option('--network <file>', 'take the integers from a file of qs5 quantize');
}

/** @throws E_FILE, E_CHECKPOINT_FORMAT, E_NETWORK */
export async function storedNetwork(file: string | undefined): Promise<NetworkFile | undefined> {
  return file === undefined ? undefined : loadNetworkFile(file);
}
