/** Called with the work in progress: `done` of `total`. */
export type Watch = (label: string, done: number, total: number) => void;
