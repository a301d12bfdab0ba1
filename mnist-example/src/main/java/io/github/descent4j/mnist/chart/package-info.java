/** Charts as files. */
package io.github.descent4j.mnist.chart;
