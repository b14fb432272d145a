export const projectId = 'demo-bench';
export const secretId = 'callback-push-credentials';
