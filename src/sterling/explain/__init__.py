"""What moves a model's scores, and for whom. Explanations speak of the model, never of the world or of causes."""
