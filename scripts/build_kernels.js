/**
 * Compiles kernels/NAME.ts. Prints the module that carries the WebAssembly bytes, or writes it to the
 * file of a second argument. The module is checked in: only a kernel's author needs the compiler.
 */
import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import asc from 'assemblyscript/asc';
import prettier from 'prettier';

const [name, file] = process.argv.slice(2);
const { error, stderr, binary } = await compile();
if (error !== null) {
  process.stderr.write(stderr);
  process.exit(1);
}
const text = await prettier.format(
  `/** kernels/${name}.ts as WebAssembly, made by \`npm run kernels\`. */
export const KERNEL_BYTES =
${(
  Buffer.from(binary)
    .toString('base64')
    .match(/.{1,90}/g) ?? []
)
  .map((part) => `  '${part}'`)
  .join(' +\n')};
`,
  { parser: 'typescript', singleQuote: true, trailingComma: 'all', printWidth: 100 },
);
if (file === undefined) process.stdout.write(text);
else await writeFile(file, text);

async function compile() {
  let binary = new Uint8Array();
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main(
    [
      ...[`kernels/${name}.ts`, '--config', 'kernels/asconfig.json'],
      ...['--target', name, '--outFile', `${name}.wasm`],
    ],
    {
      stderr,
      writeFile: (_name, bytes) => {
        binary = bytes;
      },
    },
  );
  return { error, stderr: stderr.toString(), binary };
}
