/** Everybody's in the demo. */
export const PASSWORD = "a long day at the counter";
