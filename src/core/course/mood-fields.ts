/** The ids of the mood sliders that exercises with `mood: true` have before and after their fields. They are reserved. */
export const MOOD_IDS: readonly [before: string, after: string] = ['mood-before', 'mood-after']
