/**
 * Not API, may change in any release: what the packages of this library share. Validation is here, access to what
 * users need not see in {@code access}, the container of state files in {@code file}, what is in them in {@code
 * state}.
 */
package io.github.descent4j.internal;
