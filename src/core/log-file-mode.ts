/**
 * Permission bits of the files that are made for logs, less the umask: the owner writes, the group (`adm`, the shipper
 * of logs) reads, others do not. A log has addresses of people, and what they typed into a URL.
 */
export const LOG_FILE_MODE = 0o640
