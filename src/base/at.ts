/** Element i of a list that must have it. @throws Error beyond its ends. */
export function at<T>(list: ArrayLike<T>, i: number): T {
  const v = list[i];
  if (v === undefined) throw new Error(`index ${i} of ${list.length}`);
  return v;
}
