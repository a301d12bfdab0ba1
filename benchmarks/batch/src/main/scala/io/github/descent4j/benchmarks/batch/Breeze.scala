package io.github.descent4j.benchmarks.batch

import breeze.linalg.DenseVector
import breeze.optimize.{DiffFunction, LBFGS}

/** Breeze's L-BFGS, without tolerance and with a history of 10 as ours; Java cannot implement Breeze's trait. */
private[batch] object Breeze {
  private val History = 10

  def lbfgs(function: Counted, start: Array[Double]): Unit = {
    val method = new LBFGS[DenseVector[Double]](Minimize.MOST_ITERATIONS, History, 0.0)
    val differentiable = new DiffFunction[DenseVector[Double]] {
      override def calculate(x: DenseVector[Double]): (Double, DenseVector[Double]) = {
        val elements = x.toArray
        (function.value(elements), DenseVector(function.gradient(elements).clone()))
      }
    }
    method.minimize(differentiable, DenseVector(start.clone()))
    ()
  }
}
