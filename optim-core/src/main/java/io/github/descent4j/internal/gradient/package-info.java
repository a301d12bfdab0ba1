/** What happens to gradients ahead of a rule: transforms and norms. */
package io.github.descent4j.internal.gradient;
