/** Told what is being done, and how far: `done` of `total`. */
export type Watch = (label: string, done: number, total: number) => void;
