import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { Qs5Error } from '../../src/base/errors.js';

const folder = 'configs/invalid';
const names = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

async function messageOf(file: string): Promise<string> {
  try {
    await loadConfig(file);
  } catch (error) {
    if (error instanceof Qs5Error) return `${error.format()}\n`;
    throw error;
  }
  return 'no error\n';
}

describe('each invalid config is refused with the message of its .expect file', () => {
  it('has the configs', () => {
    expect(names.length).toBeGreaterThan(30);
  });

  it.each(names)('%s', async (file) => {
    const message = await messageOf(`${folder}/${file}`);
    expect(message).not.toBe('no error\n');
    await expect(message).toMatchFileSnapshot(resolve(folder, file.replace(/yaml$/, 'expect')));
  });
});
