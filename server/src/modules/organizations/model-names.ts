/**
 * What settings must know of models, which stand after organizations in the order of modules: handed in by the app.
 * @returns the id of the model a name stands for, of any kind unless one is named; undefined where there is none
 */
export type FindModelId = (name: string, kind?: 'chat') => string | undefined
