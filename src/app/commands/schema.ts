import type { Command } from 'commander';
import { configJsonSchema } from '../../config/json_schema.js';
import type { Io } from './io.js';
import { show } from './io.js';
import { jsonOption } from './options.js';
import { writeWhole } from './output_file.js';

interface Options {
  readonly output?: string;
  readonly json: boolean;
}

/** `qs5 schema`: the JSON Schema of config files. */
export function register(program: Command, io: Io): void {
  program
    .command('schema')
    .description('print the JSON Schema of config files, for editors')
    .option('-o, --output <file>', 'file to write instead of stdout')
    .addOption(jsonOption())
    .action(async ({ output, json }: Options) => {
      const schema = configJsonSchema();
      const text = schemaText();
      if (output === undefined) {
        show(io, json, { text, json: schema });
        return;
      }
      await writeWhole(output, text);
      show(io, json, { text: `wrote ${output}\n`, json: { written: output } });
    });
}

/** The text of docs/config.schema.json. */
export function schemaText(): string {
  return `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
}
