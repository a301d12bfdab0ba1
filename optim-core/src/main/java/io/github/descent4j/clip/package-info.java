/** Gradient clipping: by value, by the norm of each gradient, by the norm of all together, unit by unit. */
package io.github.descent4j.clip;
