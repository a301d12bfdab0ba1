package io.github.descent4j.mnist.landscape;

/** The Hessian at a point of the plane: second derivatives along x, along both, along y. */
public record Curvature(double xx, double xy, double yy) {}
