/** Element i of a list that must have it. @throws Error beyond its ends. */
export function at<T>(list: ArrayLike<T>, i: number): T {
  const v = list[i];
  if (v === undefined) throw new Error(`index ${i} of ${list.length}`);
  return v;
}

/** Element i of a list that has one value for all elements, or one each. */
export function oneOrEach<T>(list: ArrayLike<T>, i: number): T {
  return at(list, list.length === 1 ? 0 : i);
}
