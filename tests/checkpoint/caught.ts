import { Qs5Error } from '../../src/base/errors.js';

/** The text a user sees of the error that `action` must throw. */
export function caught(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Qs5Error) return error.format();
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The same for an action that rejects. */
export async function rejected(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return caught(() => {
    if (error !== undefined) throw error instanceof Error ? error : new TypeError('not an Error');
  });
}
