package io.github.descent4j.mnist.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The brightness of the paper at each pixel: a surface of the second degree in x and y, fitted by least squares to the pixels along the
 * edges, and then, again and again, to all that are near it.
 */
final class Paper {
  private static final int ROUNDS = 8;
  private static final int TERMS = 6;

  /** So many pixels a side are enough. */
  private static final int GRID = 48;

  /** What is this near to the surface, of the range from black to white, is paper, whatever the noise. */
  private static final double NEAR = 0.04;

  private final double[] coefficients;
  private final int height;
  private final int width;

  private Paper(double[] coefficients, int height, int width) {
    this.coefficients = coefficients;
    this.height = height;
    this.width = width;
  }

  static Paper of(double[][] picture) {
    int height = picture.length;
    int width = picture[0].length;
    List<double[]> edges = new ArrayList<>();
    List<double[]> all = new ArrayList<>();
    int rows = Math.min(height, GRID);
    int columns = Math.min(width, GRID);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int y = (int) ((i + 0.5) * height / rows);
        int x = (int) ((j + 0.5) * width / columns);
        double[] point = {position(y, height), position(x, width), picture[y][x]};
        all.add(point);
        if (Math.max(Math.abs(point[0]), Math.abs(point[1])) > 0.85) {
          edges.add(point);
        }
      }
    }
    Paper paper = new Paper(fit(edges), height, width);
    for (int round = 0; round < ROUNDS; round++) {
      Paper before = paper;
      double[] far = all.stream().mapToDouble(point -> before.distance(point)).toArray();
      double limit = Math.max(NEAR, 2.5 * 1.4826 * Samples.quantile(far, 0.4));
      List<double[]> near =
          all.stream().filter(point -> before.distance(point) <= limit).toList();
      paper = new Paper(fit(near), height, width);
    }
    return paper;
  }

  double at(int y, int x) {
    return value(position(y, height), position(x, width));
  }

  private double distance(double[] point) {
    return Math.abs(point[2] - value(point[0], point[1]));
  }

  private double value(double y, double x) {
    double[] terms = terms(y, x);
    double sum = 0;
    for (int i = 0; i < TERMS; i++) {
      sum += coefficients[i] * terms[i];
    }
    return sum;
  }

  /** The middle of a pixel, from -1 to 1. */
  private static double position(int i, int size) {
    return (2 * i + 1.0) / size - 1;
  }

  private static double[] terms(double y, double x) {
    return new double[] {1, y, x, y * y, y * x, x * x};
  }

  private static double[] fit(List<double[]> points) {
    double[][] matrix = new double[TERMS][TERMS + 1];
    for (int i = 0; i < TERMS; i++) {
      // So that few points make no infinite slopes.
      matrix[i][i] = 1e-6 * (points.size() + 1);
    }
    for (double[] point : points) {
      double[] terms = terms(point[0], point[1]);
      for (int i = 0; i < TERMS; i++) {
        for (int j = 0; j < TERMS; j++) {
          matrix[i][j] += terms[i] * terms[j];
        }
        matrix[i][TERMS] += terms[i] * point[2];
      }
    }
    return solved(matrix);
  }

  /** By elimination; the matrix is positive definite, so that no row needs to change its place. */
  private static double[] solved(double[][] matrix) {
    for (int k = 0; k < TERMS; k++) {
      for (int i = 0; i < TERMS; i++) {
        if (i != k) {
          double factor = matrix[i][k] / matrix[k][k];
          for (int j = k; j <= TERMS; j++) {
            matrix[i][j] -= factor * matrix[k][j];
          }
        }
      }
    }
    double[] solution = new double[TERMS];
    for (int i = 0; i < TERMS; i++) {
      solution[i] = matrix[i][TERMS] / matrix[i][i];
    }
    return solution;
  }
}
